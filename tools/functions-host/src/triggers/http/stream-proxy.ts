import type { IncomingMessage, ServerResponse } from 'node:http'
import { Agent, request as sendRequest } from 'node:http'
import { pipeline } from 'node:stream'

const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY })

/** How long the answer of a function that has ended may take to arrive, ms. */
const silentAnswerMs = 500

/** Headers that belong to one connection and are not passed on. */
const hopHeaders: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-ms-invocation-id',
])

/**
 * Passes a request on to the library's own server in the worker, and its answer back, both streamed (`enableHttpStream`).
 * `abort` ends the answer of a request whose function has failed; `settle` that of one that has succeeded without sending anything.
 */
export function proxyToWorker(
  request: IncomingMessage,
  response: ServerResponse,
  options: { readonly httpUri: string; readonly invocationId: string },
): { abort(status: number): void; settle(): void } {
  // Not resolved against it: a path that begins with two slashes would name another machine.
  const { origin } = new URL(options.httpUri.replace('localhost', '127.0.0.1'))
  const target = new URL(`${origin}${request.url ?? '/'}`)
  // The library finds a stream's end by these headers, so they must be the client's own: a body without length stays chunked.
  const headers = {
    ...request.headers,
    'x-forwarded-host': request.headers.host ?? 'localhost',
    'x-forwarded-proto': 'http',
    'x-ms-invocation-id': options.invocationId,
  }
  const outgoing = sendRequest(target, { method: request.method, headers, agent }, (incoming) => {
    if (response.destroyed || response.headersSent) return
    response.statusCode = incoming.statusCode ?? 500
    for (const [name, value] of Object.entries(incoming.headers)) {
      if (value !== undefined && !hopHeaders.has(name)) response.setHeader(name, value)
    }
    pipeline(incoming, response, () => {})
  })
  outgoing.on('error', () => abort(500))
  request.on('error', () => outgoing.destroy())
  // A client that goes away must not leave its function waiting for bytes.
  response.on('close', () => {
    if (!response.writableFinished) outgoing.destroy()
  })
  pipeline(request, outgoing, () => {})

  function abort(status: number): void {
    if (response.headersSent) response.destroy()
    else response.writeHead(status, { 'content-length': 0 }).end()
    outgoing.destroy()
  }
  return {
    abort,
    settle() {
      // The library sends nothing at all for a function that returns nothing.
      const timer = setTimeout(() => {
        if (!response.headersSent) abort(204)
      }, silentAnswerMs)
      response.on('close', () => clearTimeout(timer))
    },
  }
}
