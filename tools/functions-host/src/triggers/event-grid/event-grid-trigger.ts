import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'

import type { Listener, TriggerContext, TriggeredFunction, TriggerKind } from '../../trigger.ts'

/** The Event Grid trigger: a webhook with both handshakes; one failing event makes the sender repeat the whole payload. */
export const eventGridTrigger: TriggerKind = {
  types: ['eventgridtrigger'],
  webhook: 'eventgrid',
  mayOverlap: true,
  listen: (functions, context): Listener => ({
    async start() {},
    async drain() {},
    handleWebhook: (request, response) => answer(functions, context, { request, response }),
  }),
}

async function answer(
  functions: readonly TriggeredFunction[],
  context: TriggerContext,
  { request, response }: { request: IncomingMessage; response: ServerResponse },
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const name = url.searchParams.get('functionName')?.toLowerCase()
  const target = functions.find((candidate) => candidate.metadata.name.toLowerCase() === name)
  if (!target) return void response.writeHead(404).end()
  if (request.method === 'OPTIONS') {
    const origin = request.headers['webhook-request-origin'] ?? 'eventgrid.azure.net'
    return void response.writeHead(200, { 'webhook-allowed-origin': origin }).end()
  }
  const events = parseEvents(await text(request))
  if (!events) return void response.writeHead(400).end()
  const kind = request.headers['aeg-event-type']
  if (kind === 'SubscriptionValidation') {
    const code = (events[0]?.['data'] as { validationCode?: string } | undefined)?.validationCode
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ validationResponse: code }))
    return
  }
  if (kind === 'Unsubscribe') return void response.writeHead(202).end()
  if (kind !== undefined && kind !== 'Notification') return void response.writeHead(400).end()
  const groups = target.trigger['cardinality'] === 'many' ? [events] : events
  const results = await Promise.all(
    groups.map((group) =>
      context.invoke(target, { data: { json: JSON.stringify(group) }, reason: 'EventGrid trigger fired.' }),
    ),
  )
  response.writeHead(results.every((result) => result.ok) ? 202 : 500).end()
}

function parseEvents(body: string): Record<string, unknown>[] | undefined {
  try {
    const value = JSON.parse(body) as unknown
    return (Array.isArray(value) ? value : [value]) as Record<string, unknown>[]
  } catch {
    return undefined
  }
}
