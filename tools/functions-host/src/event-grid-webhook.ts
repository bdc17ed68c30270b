import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'

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
    const origin = request.headers['webhook-request-origin'] ?? 'eventgrid.azure.net'
    return void response.writeHead(200, { 'webhook-allowed-origin': origin }).end()
  }
  const events = parseEvents(await text(request))
  if (!events) return void response.writeHead(400).end()
  const kind = request.headers['aeg-event-type']
  if (kind === 'SubscriptionValidation') {
    const validationResponse = validationCodeOf(events[0])
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ validationResponse }))
    return
  }
  if (kind === 'Unsubscribe') return void response.writeHead(202).end()
  if (kind !== undefined && kind !== 'Notification') return void response.writeHead(400).end()
  response.writeHead(await take(events)).end()
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
