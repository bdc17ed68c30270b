import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import http from 'node:http'
import { syncBuiltinESMExports } from 'node:module'
import type { ListenOptions } from 'node:net'

import type { ProgrammingModel } from './core-module.ts'

/** Takes a request and its answer, as a server's listeners do. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void

/** The library's own server, of an app that streams. */
export interface LibraryServer {
  /** `unix:` with the path of its socket, or the address that the library gave. */
  readonly uri: string
  readonly takeRequest: RequestHandler
}

/** What the worker can do, in the words of the protocol. */
const capabilities = { RpcHttpBodyOnly: 'true', RawHttpBodyBytes: 'true', TypedDataCollection: 'true' }

/** The port that the library believes to listen on: it only wants to see one. */
const pretendedPort = 1

/**
 * Asks the library for its capabilities. If it makes a server (`enableHttpStream`), that one listens on a socket file instead of a
 * port of its own on all interfaces, or on nothing at all where there is no path: requests are then given to it. Undefined for apps
 * that do not stream.
 */
export async function captureLibraryServer(
  model: ProgrammingModel | undefined,
  socketPath: string | undefined,
): Promise<LibraryServer | undefined> {
  const servers: Server[] = []
  const original = http.createServer
  const replace = (createServer: typeof original): void => {
    http.createServer = createServer
    syncBuiltinESMExports()
  }
  replace(((...args: [RequestListener]) => {
    const server = original(...args)
    servers.push(redirect(server, socketPath))
    return server
  }) as typeof original)
  let uri: string | undefined
  try {
    uri = (await model?.getCapabilities?.({ ...capabilities }))?.['HttpUri']
  } finally {
    replace(original)
  }
  const [server] = servers
  if (uri === undefined || !server) return undefined
  return {
    uri: socketPath === undefined ? uri : `unix:${socketPath}`,
    takeRequest: (request, response) => void server.emit('request', request, response),
  }
}

/** Makes a server listen on a socket file (or on nothing) when it is told to listen on a port. */
function redirect(server: Server, socketPath: string | undefined): Server {
  const listen = server.listen.bind(server) as (options: ListenOptions, done?: () => void) => Server
  const redirected = (...args: unknown[]): Server => {
    const done = args.find((arg) => typeof arg === 'function') as (() => void) | undefined
    if (socketPath !== undefined) return listen({ path: socketPath }, done)
    if (done) queueMicrotask(done)
    return server
  }
  return Object.assign(server, {
    listen: redirected,
    address: () => ({ address: 'localhost', family: 'IPv4', port: pretendedPort }),
  })
}
