import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js'
import type { ServerNotification, ServerRequest } from '@modelcontextprotocol/sdk/types.js'

import type { Caller } from './caller.ts'
import type { McpSettings } from './mcp-settings.ts'
import type { Prompts } from './prompts.ts'
import type { Resources } from './resources.ts'
import type { Tools } from './tools.ts'

/** What an app offers to clients. */
export interface Catalog {
  readonly tools: Tools
  readonly resources: Resources
  readonly prompts: Prompts
}

/** One connection's side of the protocol: the SDK's lower level, since functions bring schemas and results of their own. */
type Server = McpServer['server']
type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>

/** Makes servers of the protocol, one for each connection. Only apps with MCP functions load the SDK. */
export async function loadServerFactory(
  catalog: Catalog,
  settings: McpSettings,
): Promise<(describeCaller: (server: Server) => Omit<Caller, 'headers'>) => Server> {
  const [sdk, types] = await Promise.all([
    import('@modelcontextprotocol/sdk/server/mcp.js'),
    import('@modelcontextprotocol/sdk/types.js'),
  ])
  const { tools, resources, prompts } = catalog
  return (describeCaller) => {
    const { server } = new sdk.McpServer(
      { name: settings.serverName, version: settings.serverVersion },
      {
        capabilities: { tools: {}, resources: {}, prompts: {} },
        ...(settings.instructions === undefined ? {} : { instructions: settings.instructions }),
      },
    )
    const callerOf = ({ requestInfo }: Extra): Caller => ({
      ...describeCaller(server),
      headers: requestInfo?.headers ?? {},
    })
    server.setRequestHandler(types.ListToolsRequestSchema, () => tools.list())
    server.setRequestHandler(types.CallToolRequestSchema, (request, extra) =>
      tools.call(request, callerOf(extra)),
    )
    server.setRequestHandler(types.ListResourcesRequestSchema, () => resources.list())
    server.setRequestHandler(types.ListResourceTemplatesRequestSchema, () => resources.listTemplates())
    server.setRequestHandler(types.ReadResourceRequestSchema, (request, extra) =>
      resources.read(request, callerOf(extra)),
    )
    server.setRequestHandler(types.ListPromptsRequestSchema, () => prompts.list())
    server.setRequestHandler(types.GetPromptRequestSchema, (request, extra) =>
      prompts.get(request, callerOf(extra)),
    )
    return server
  }
}

/** Makes a server whose callers are known but for their headers. */
export type MakeServer = Awaited<ReturnType<typeof loadServerFactory>>
