import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'

import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js'

import { answerEmpty } from '../../server/answer-empty.ts'
import type { MakeServer } from './mcp-server.ts'
import type { McpSettings } from './mcp-settings.ts'
import { readMessage } from './read-message.ts'
import { SseTransport } from './sse-transport.ts'

/** Name of the query parameter that says to whose stream a message belongs. */
const stateParameter = 'azmcpcs'

/** The legacy transport's connections. */
export class LegacySse {
  readonly #makeServer: MakeServer
  readonly #settings: McpSettings
  readonly #transports = new Map<string, SseTransport>()

  constructor(makeServer: MakeServer, settings: McpSettings) {
    this.#makeServer = makeServer
    this.#settings = settings
  }

  /** Opens a stream; it ends when the client goes away, or with the host. */
  async open(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'GET') return answerEmpty(response, 405, { allow: 'GET' })
    const sessionId = randomUUID()
    const transport = new SseTransport(response, {
      sessionId,
      endpoint: this.#endpointFor(request, sessionId),
    })
    this.#transports.set(sessionId, transport)
    response.on('close', () => this.#transports.delete(sessionId))
    const server = this.#makeServer((own) => ({
      sessionId,
      clientInfo: own.getClientVersion(),
      transport: 'http-sse',
    }))
    await server.connect(transport as Transport)
  }

  /** Takes a message of a client; its answer comes over the client's stream. */
  async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST') return answerEmpty(response, 405, { allow: 'POST' })
    const refuse = (status: number, reason: string): void =>
      void response
        .writeHead(status, {
          'content-type': 'text/plain',
          ...(status === 413 ? { connection: 'close' } : {}),
        })
        .end(`${reason} Please connect to the /sse endpoint to initiate your session.`)
    const sessionId = new URLSearchParams((request.url ?? '').split('?')[1] ?? '').get(stateParameter)
    if (!sessionId) return refuse(400, 'Missing service context.')
    const transport = this.#transports.get(sessionId)
    if (!transport) return refuse(400, 'Invalid client state.')
    const read = await readMessage(request)
    if (!read.ok) return refuse(read.status, read.reason)
    const { JSONRPCMessageSchema } = await import('@modelcontextprotocol/sdk/types.js')
    const message = JSONRPCMessageSchema.safeParse(read.message)
    if (!message.success) return refuse(400, 'The body is no JSON-RPC message.')
    response.writeHead(202, { 'content-type': 'text/plain' }).end('Accepted')
    transport.onmessage?.(message.data as JSONRPCMessage, { requestInfo: { headers: request.headers } })
  }

  /** Ends all streams. */
  async close(): Promise<void> {
    await Promise.all([...this.#transports.values()].map((transport) => transport.close()))
  }

  /** Where the client is to send its messages; a key in its URL is passed on, since it would be lost otherwise. */
  #endpointFor(request: IncomingMessage, sessionId: string): string {
    const [path = '', query] = (request.url ?? '').split('?')
    const code = new URLSearchParams(query).get('code')
    const parameters = new URLSearchParams({
      [stateParameter]: sessionId,
      ...(code === null ? {} : { code }),
    })
    const endpoint = `${path.replace(/\/+$/, '')}/message?${parameters.toString()}`
    return this.#settings.usesAbsoluteEndpoint ? `http://${request.headers.host}${endpoint}` : endpoint
  }
}
