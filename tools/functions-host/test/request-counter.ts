import { createServer, request } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Passes requests on to a server, and notes their method and path: `POST /account/queue/messages`, ... */
export class RequestCounter implements AsyncDisposable {
  readonly #server: Server

  private constructor(target: URL, seen: string[]) {
    this.#server = createServer((incoming, answer) => {
      seen.push(`${incoming.method} ${incoming.url?.split('?')[0]}`)
      const { hostname, port } = target
      const { method, url: path, headers } = incoming
      const onward = request({ hostname, port, method, path, headers }, (response) => {
        answer.writeHead(response.statusCode ?? 502, response.headers)
        response.pipe(answer)
      })
      onward.once('error', () => answer.destroy())
      incoming.pipe(onward)
    })
  }

  /** Starts a counter in front of a server, which adds to `seen`. */
  static async start(target: string, seen: string[]): Promise<RequestCounter> {
    const counter = new RequestCounter(new URL(target), seen)
    await new Promise<void>((resolve) => counter.#server.listen(0, '127.0.0.1', resolve))
    return counter
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
  }
}
