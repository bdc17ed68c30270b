import { randomUUID } from 'node:crypto'

import { HostError } from '../errors.ts'

/** A payload that an Event Grid topic takes. */
export interface EventGridPayload {
  readonly contentType: string
  readonly events: readonly object[]
}

/**
 * Events of one schema, told by the first one: with `specversion` CloudEvents, else Event Grid's own. What an Event Grid event lacks of
 * `id`, `eventTime` and `dataVersion` is filled in, of a CloudEvent `id` and `time`. @throws HostError naming a field that is missing
 */
export function toEventGridPayload(
  values: readonly Readonly<Record<string, unknown>>[],
  title: string,
): EventGridPayload {
  const now = new Date().toISOString()
  const isCloudEvent = values[0]?.['specversion'] !== undefined
  const required = isCloudEvent ? ['specversion', 'source', 'type'] : ['subject', 'eventType']
  const events = values.map((value) => {
    const missing = required.find((name) => value[name] === undefined || value[name] === null)
    if (missing !== undefined)
      throw new HostError(
        `An event of the ${title} has no "${missing}". ${isCloudEvent ? 'A CloudEvent' : 'An Event Grid event'} needs ${required.join(', ')}.`,
      )
    return isCloudEvent
      ? { id: randomUUID(), time: now, ...value }
      : { id: randomUUID(), eventTime: now, dataVersion: '1.0', ...value }
  })
  return {
    contentType: isCloudEvent ? 'application/cloudevents-batch+json; charset=utf-8' : 'application/json',
    events,
  }
}
