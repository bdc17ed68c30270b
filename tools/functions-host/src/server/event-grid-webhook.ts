import type { IncomingMessage, ServerResponse } from 'node:http'

import { answerEmpty } from './answer-empty.ts'
import { answerJson } from './json-exchange.ts'
import { readBody } from './request-body.ts'

/** Largest payload; Event Grid itself sends no more than 1 MB at once. */
const maxPayloadBytes = 4 * 1024 * 1024

/** An event as it was posted, of whichever schema. */
export type PostedEvent = Readonly<Record<string, unknown>>

/**
 * Answers a request of Event Grid: the handshakes of both of its schemas, and notifications, whose events `take` gets together;
 * it answers the status, and any but a 2xx makes Event Grid send all of them again. What is no event is 400.
 */
export async function answerEventGrid(
  { request, response }: { request: IncomingMessage; response: ServerResponse },
  take: (events: readonly PostedEvent[]) => Promise<number>,
): Promise<void> {
  if (request.method === 'OPTIONS') {
    const origin = String(request.headers['webhook-request-origin'] ?? 'eventgrid.azure.net')
    return answerEmpty(response, 200, { 'webhook-allowed-origin': origin })
  }
  const kind = String(request.headers['aeg-event-type'] ?? '').toLowerCase()
  if (kind === 'unsubscribe') return answerEmpty(response, 202)
  if (kind !== 'subscriptionvalidation' && kind !== 'notification') return answerEmpty(response, 400)
  const body = await readBody(request, maxPayloadBytes)
  if (!body) return answerEmpty(response, 413)
  const events = parseEvents(Buffer.from(body).toString())
  if (!events) return answerEmpty(response, 400)
  if (kind === 'notification') return answerEmpty(response, await take(events))
  const validationResponse = validationCodeOf(events[0])
  if (typeof validationResponse !== 'string') return answerEmpty(response, 400)
  answerJson(response, 200, { validationResponse })
}

/** The code to send back; the data of a cloud event comes as JSON within the JSON. */
function validationCodeOf(event: PostedEvent | undefined): unknown {
  const data = event?.['data']
  const values = typeof data === 'string' ? parseEvents(data)?.[0] : (data as PostedEvent | undefined)
  return values?.['validationCode']
}

/** One event or a list of them; undefined when the text is neither. */
function parseEvents(body: string): PostedEvent[] | undefined {
  try {
    const value = JSON.parse(body) as unknown
    const events = (Array.isArray(value) ? value : [value]) as PostedEvent[]
    return events.every((event) => typeof event === 'object' && event !== null) ? events : undefined
  } catch {
    return undefined
  }
}
