import { setTimeout as delay } from 'node:timers/promises'

import type { AppSettings } from '../config/app-settings.ts'
import { connectionPart, identity } from '../storage/connections.ts'
import { HostError } from '../errors.ts'
import type { BindingProperties } from './binding-properties.ts'
import type { OutputBinding } from './binding-kind.ts'
import { toEventGridPayload } from './event-grid-event.ts'
import { toObjects } from './output-elements.ts'

/** How long a topic may take to answer, ms. */
const answerMs = 60_000
const retryDelaysMs = [800, 1600, 3200]
/** Answers of a service that may take the same a little later. */
const passingStatuses: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504])

/** Where events go, and what shows that they may. */
interface Topic {
  readonly uri: URL
  readonly authorize: () => Promise<Record<string, string>>
}

/** Sends events to a topic, all of one invocation in one request. */
export const eventGridOutput: OutputBinding = {
  type: 'eventgrid',
  prepare(properties, { settings }) {
    const { uri, authorize } = findTopic(properties, settings)
    return async (value) => {
      const { contentType, events } = toEventGridPayload(toObjects(value, properties.title), properties.title)
      if (events.length > 0) await send({ uri, authorize }, contentType, JSON.stringify(events))
      return undefined
    }
  },
}

/** Sends a payload; as Microsoft's client does, again when the topic cannot take it just now. @throws HostError with what it answered */
async function send({ uri, authorize }: Topic, contentType: string, body: string): Promise<void> {
  for (const delayMs of [...retryDelaysMs, undefined]) {
    const failure = await trySend(uri, { 'content-type': contentType, ...(await authorize()) }, body)
    if (!failure) return
    if (delayMs === undefined || !failure.isPassing)
      throw new HostError(`The topic ${uri.origin} ${failure.message}`)
    await delay(delayMs)
  }
}

async function trySend(
  uri: URL,
  headers: Record<string, string>,
  body: string,
): Promise<{ message: string; isPassing: boolean } | undefined> {
  try {
    const signal = AbortSignal.timeout(answerMs)
    const response = await fetch(uri, { method: 'POST', headers, body, signal })
    const answer = await response.text()
    if (response.ok) return undefined
    return {
      message: `answered ${response.status} ${response.statusText}. ${answer.slice(0, 500)}`,
      isPassing: passingStatuses.has(response.status),
    }
  } catch (error) {
    const { message } = ((error as Error).cause as Error | undefined) ?? (error as Error)
    return { message: `cannot be reached: ${message}`, isPassing: true }
  }
}

function findTopic(properties: BindingProperties, settings: AppSettings): Topic {
  const connection = properties.text('connection')
  if (connection !== undefined) {
    if (properties.text('topicEndpointUri') ?? properties.text('topicKeySetting'))
      throw new HostError(
        `The ${properties.title} has a "connection", and "topicEndpointUri" or "topicKeySetting". Keep the one or the others.`,
      )
    const text = connectionPart(settings, connection, 'topicEndpointUri')
    if (!text)
      throw new HostError(`The ${properties.title}: set ${connection}__topicEndpointUri to its topic.`)
    return {
      uri: toTopicUri(text, `${connection}__topicEndpointUri`),
      authorize: async () => {
        const credential = await identity(settings, connection)
        const token = await credential.getToken('https://eventgrid.azure.net/.default')
        return { authorization: `Bearer ${token?.token}` }
      },
    }
  }
  const [uriSetting, keySetting] = [
    properties.requiredText('topicEndpointUri'),
    properties.requiredText('topicKeySetting'),
  ]
  const [text, key] = [settings[uriSetting], settings[keySetting]]
  if (!text || !key)
    throw new HostError(
      `The ${properties.title} needs the setting ${text ? keySetting : uriSetting}, which is not set.`,
    )
  return { uri: toTopicUri(text, uriSetting), authorize: async () => ({ 'aeg-sas-key': key }) }
}

function toTopicUri(text: string, setting: string): URL {
  if (!URL.canParse(text)) throw new HostError(`The setting ${setting} is no absolute URI.`)
  const uri = new URL(text)
  uri.searchParams.set('api-version', '2018-01-01')
  return uri
}
