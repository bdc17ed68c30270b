import type { IncomingMessage, ServerResponse } from 'node:http'

import { answerEmpty } from '../../server/answer-empty.ts'
import { answerRpcError } from './answer-rpc-error.ts'
import type { Caller } from './caller.ts'
import type { MakeServer } from './mcp-server.ts'
import { readMessage } from './read-message.ts'
import type { ClientInfo, SessionTokens } from './session-token.ts'

const sessionHeader = 'mcp-session-id'
const codes = { parseError: -32_700, invalidState: -32_000 }

/**
 * The streamable HTTP transport, without state as in Azure: each POST is answered by a server of its own, and the id of
 * a session says all that is known of it. There is no stream for what the server says unasked, hence no GET.
 */
export async function answerStreamable(
  request: IncomingMessage,
  response: ServerResponse,
  { makeServer, tokens }: { readonly makeServer: MakeServer; readonly tokens: SessionTokens },
): Promise<void> {
  if (request.method !== 'POST') return answerEmpty(response, 405, { allow: 'POST' })
  const read = await readMessage(request)
  if (!read.ok) return answerRpcError(response, read.status, { code: codes.parseError, message: read.reason })
  const session = readSession(request, tokens, read.message)
  if (!session)
    return answerRpcError(response, 400, { code: codes.invalidState, message: 'Invalid client state.' })
  if (session.isNew && session.sessionId) response.setHeader(sessionHeader, session.sessionId)

  const { StreamableHTTPServerTransport } = await import('@modelcontextprotocol/sdk/server/streamableHttp.js')
  const transport = new StreamableHTTPServerTransport()
  const { sessionId, clientInfo } = session
  const server = makeServer(() => ({ sessionId, clientInfo, transport: 'http-streamable' }))
  response.on('close', () => void server.close())
  await server.connect(transport as Parameters<typeof server.connect>[0])
  await transport.handleRequest(request, response, read.message)
}

type Session = Pick<Caller, 'sessionId' | 'clientInfo'> & { readonly isNew: boolean }

/** The session of a request: a new one where it initialises, else the one it names, else none; undefined where it names one that is not ours. */
function readSession(request: IncomingMessage, tokens: SessionTokens, message: unknown): Session | undefined {
  const named = request.headers[sessionHeader]
  if (typeof named === 'string' && named !== '') {
    const held = tokens.read(named)
    return held && { sessionId: named, clientInfo: held.clientInfo, isNew: false }
  }
  const first = (Array.isArray(message) ? message : [message]).find(
    (item: { method?: unknown } | null) => item?.method === 'initialize',
  ) as { params?: { clientInfo?: ClientInfo } } | undefined
  if (!first) return { sessionId: undefined, clientInfo: undefined, isNew: false }
  const clientInfo = toClientInfo(first.params?.clientInfo)
  return { sessionId: tokens.issue(clientInfo), clientInfo, isNew: true }
}

/** Name and version alone: the rest may be of any size, and all of it travels in each request. */
function toClientInfo(given: ClientInfo | undefined): ClientInfo | undefined {
  if (!given) return undefined
  return { name: String(given.name).slice(0, 200), version: String(given.version).slice(0, 100) }
}
