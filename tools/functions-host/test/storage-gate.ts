import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer, request as forward } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** A request on its way to the storage service. */
export interface PassingRequest {
  readonly method: string
  /** Path and query, decoded. */
  readonly url: string
  readonly body: Buffer
}

/** Stands between a host and its storage: sees every request, and can keep some from ever arriving. */
export class StorageGate implements AsyncDisposable {
  /** The connection string through the gate. */
  readonly connection: string
  readonly passed: PassingRequest[] = []
  readonly held: PassingRequest[] = []
  /** Which requests to keep, for good. */
  holds: (request: PassingRequest) => boolean = () => false
  readonly refused: PassingRequest[] = []
  /** Which requests to answer with 403, which no client tries again. */
  refuses: (request: PassingRequest) => boolean = () => false
  readonly #servers: readonly Server[]

  private constructor(connection: string, servers: readonly Server[]) {
    this.connection = connection
    this.#servers = servers
  }

  /** Opens a gate before each endpoint of a connection string. */
  static async open(connection: string): Promise<StorageGate> {
    const targets = [...connection.matchAll(/http:\/\/127\.0\.0\.1:(\d+)/g)].map(([, port]) => Number(port))
    const opened = Promise.withResolvers<StorageGate>()
    const gates = await Promise.all(
      targets.map(async (target) => {
        const server = createServer((request, response) => {
          void opened.promise.then((gate) => gate.#pass(target, request, response))
        })
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
        return { target, server, port: (server.address() as AddressInfo).port }
      }),
    )
    const through = gates.reduce(
      (text, { target, port }) => text.replace(`127.0.0.1:${target}`, `127.0.0.1:${port}`),
      connection,
    )
    opened.resolve(
      new StorageGate(
        through,
        gates.map(({ server }) => server),
      ),
    )
    return opened.promise
  }

  async #pass(port: number, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request
    const body = await buffer(request)
    const passing = { method, url: decodeURIComponent(url), body }
    if (this.holds(passing)) return void this.held.push(passing)
    if (this.refuses(passing)) {
      this.refused.push(passing)
      return void response.writeHead(403).end()
    }
    this.passed.push(passing)
    const onward = forward({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    onward.end(body)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.#servers) {
      server.closeAllConnections()
      server.close()
    }
  }
}
