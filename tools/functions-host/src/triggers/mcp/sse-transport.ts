import type { ServerResponse } from 'node:http'

import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js'

/** The legacy transport: messages to the client are events of one long answer, its own come by POST. */
export class SseTransport implements Transport {
  readonly sessionId: string
  onclose?: () => void
  onerror?: (error: Error) => void
  onmessage?: NonNullable<Transport['onmessage']>
  readonly #response: ServerResponse
  readonly #endpoint: string

  constructor(response: ServerResponse, options: { readonly sessionId: string; readonly endpoint: string }) {
    this.#response = response
    this.sessionId = options.sessionId
    this.#endpoint = options.endpoint
  }

  async start(): Promise<void> {
    this.#response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-store',
      'content-encoding': 'identity',
    })
    this.#write('endpoint', this.#endpoint)
    this.#response.on('close', () => this.onclose?.())
  }

  async send(message: JSONRPCMessage): Promise<void> {
    this.#write('message', JSON.stringify(message))
  }

  async close(): Promise<void> {
    this.#response.end()
  }

  #write(event: string, data: string): void {
    this.#response.write(`event: ${event}\ndata: ${data}\n\n`)
  }
}
