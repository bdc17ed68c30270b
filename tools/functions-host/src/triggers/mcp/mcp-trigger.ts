import type { Listener, TriggerContext, TriggeredFunction, TriggerKind } from '../../trigger.ts'
import { answerEmpty } from '../../server/answer-empty.ts'
import { isForForeignHost, isFromForeignPage } from '../../server/foreign-page.ts'
import { LegacySse } from './legacy-sse.ts'
import { loadServerFactory } from './mcp-server.ts'
import { readMcpSettings } from './mcp-settings.ts'
import { Prompts } from './prompts.ts'
import { Resources } from './resources.ts'
import { SessionTokens } from './session-token.ts'
import { answerStreamable } from './streamable-http.ts'
import { Tools } from './tools.ts'

/** Tools, resources and prompts of the Model Context Protocol, at `/runtime/webhooks/mcp` and, for old clients, `/runtime/webhooks/mcp/sse`. */
export const mcpTrigger: TriggerKind = {
  types: ['mcptooltrigger', 'mcpresourcetrigger', 'mcpprompttrigger'],
  webhook: 'mcp',
  mayOverlap: true,
  async listen(functions, context): Promise<Listener> {
    const settings = readMcpSettings(context.config.extensions['mcp'])
    const running = new Set<Promise<unknown>>()
    const tracked = trackInvocations(context, running)
    const ofType = (type: string): TriggeredFunction[] =>
      functions.filter(({ trigger }) => trigger.type.toLowerCase() === type)
    const catalog = {
      tools: new Tools(ofType('mcptooltrigger'), tracked),
      resources: new Resources(ofType('mcpresourcetrigger'), tracked),
      prompts: new Prompts(ofType('mcpprompttrigger'), tracked),
    }
    const makeServer = await loadServerFactory(catalog, settings)
    const tokens = new SessionTokens(context.keys.systemKey('mcp'))
    const legacy = new LegacySse(makeServer, settings)
    return {
      needsNoKey: settings.isAnonymous,
      async start() {
        const endpoint = `${context.baseUrl()}/runtime/webhooks/mcp`
        // Tools wait for these words.
        context.log('info', `MCP server endpoint: ${endpoint}`, 'Host.Function.Console')
        context.log('info', `MCP server legacy SSE endpoint: ${endpoint}/sse`, 'Host.Function.Console')
      },
      async drain() {
        await Promise.all(running)
        await legacy.close()
      },
      async handleWebhook(request, response, path) {
        // A page that has its own name point here sends no Origin with a GET.
        if (!context.keys.isEnforced && (isFromForeignPage(request) || isForForeignHost(request))) {
          context.log(
            'warning',
            `A request for MCP by "${request.headers.origin ?? request.headers.host}" was refused: without keys only this machine may ask. Start with --enableAuth to serve others.`,
          )
          return answerEmpty(response, 403)
        }
        const place = path.toLowerCase().replace(/\/+$/, '')
        if (place === '') return answerStreamable(request, response, { makeServer, tokens })
        if (place === 'sse') return legacy.open(request, response)
        if (place === 'sse/message' || place === 'message') return legacy.receive(request, response)
        answerEmpty(response, 404)
      },
    }
  },
}

/** A context that remembers what runs. */
function trackInvocations(context: TriggerContext, running: Set<Promise<unknown>>): TriggerContext {
  return {
    ...context,
    invoke(target, request) {
      const result = context.invoke(target, request)
      running.add(result)
      void result.finally(() => running.delete(result))
      return result
    },
  }
}
