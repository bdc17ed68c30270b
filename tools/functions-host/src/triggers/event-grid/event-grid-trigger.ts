import type { IncomingMessage, ServerResponse } from 'node:http'

import { answerEmpty } from '../../server/answer-empty.ts'
import type { PostedEvent } from '../../server/event-grid-webhook.ts'
import { answerEventGrid } from '../../server/event-grid-webhook.ts'
import type { Listener, TriggerContext, TriggeredFunction, TriggerKind } from '../../trigger.ts'
import type { Invocation } from '../../worker/protocol.ts'

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
  exchange: { request: IncomingMessage; response: ServerResponse },
): Promise<void> {
  const url = new URL(exchange.request.url ?? '/', 'http://localhost')
  const name = url.searchParams.get('functionName')?.toLowerCase()
  const target = functions.find((candidate) => candidate.metadata.name.toLowerCase() === name)
  if (!target) return answerEmpty(exchange.response, 404)
  await answerEventGrid(exchange, async (events) => {
    const groups = target.trigger['cardinality'] === 'many' ? [events] : events
    const delivered = groups.flatMap((group) =>
      context.chaos.strikes('event twice', () => JSON.stringify(group)) ? [group, group] : [group],
    )
    const results = await Promise.all(
      delivered.map((group) =>
        context.invoke(target, {
          data: { json: JSON.stringify(group) },
          triggerMetadata: toMetadata(group),
          reason: 'EventGrid trigger fired.',
        }),
      ),
    )
    return results.every((result) => result.ok) ? 202 : 500
  })
}

/** The data of an event, which expressions of bindings can name; several events have none in common. */
function toMetadata(group: PostedEvent | readonly PostedEvent[]): Invocation['triggerMetadata'] {
  const data = Array.isArray(group) ? undefined : (group as PostedEvent)['data']
  return data === undefined ? {} : { data: { json: JSON.stringify(data) } }
}
