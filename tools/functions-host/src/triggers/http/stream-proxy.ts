import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import { Agent, request as sendRequest } from 'node:http'
import type { Socket } from 'node:net'
import { pipeline } from 'node:stream'

import { answerEmpty } from '../../server/answer-empty.ts'
import type { Log } from '../../logging/log.ts'
import { isHeaderText, joinHeaders } from './join-headers.ts'

/** Tells the library which invocation a request is for. */
export const invocationIdHeader = 'x-ms-invocation-id'

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
  invocationIdHeader,
])

/**
 * Headers of a request that are not passed on. The client's connection is another one than ours to the worker. An
 * expectation is answered here already; the library's server would refuse one that it does not know, and its function wait
 * for ever. A trailer where there can be none is refused by Node.
 */
const ownHeaders = ['connection', 'expect', 'keep-alive', 'te', 'trailer', 'upgrade'] as const

/**
 * Passes a request on to the library's own server in the worker, and its answer back, both streamed (`enableHttpStream`).
 * `abort` ends the answer of a request whose function has failed; `settle` that of one that has succeeded without sending anything.
 */
export function proxyToWorker(
  request: IncomingMessage,
  response: ServerResponse,
  options: {
    readonly httpUri: string
    /** Path and query. */
    readonly target: string
    readonly invocationId: string
    readonly log: Log
  },
): { abort(status: number, headers?: Record<string, string>): void; settle(): void } {
  // The library finds a stream's end by these headers, so they must be the client's own: a body without length stays chunked.
  const headers = {
    ...joinHeaders(request),
    'x-forwarded-host': request.headers.host ?? 'localhost',
    'x-forwarded-proto': 'http',
    [invocationIdHeader]: options.invocationId,
  }
  for (const name of ownHeaders) Reflect.deleteProperty(headers, name)
  const outgoing = sendRequest(
    { ...addressOf(options.httpUri), path: options.target, method: request.method, headers, agent },
    (incoming) => {
      if (response.destroyed || response.headersSent) return
      for (const [name, value] of Object.entries(incoming.headers)) {
        if (isHeaderText(String(value ?? ''))) continue
        options.log('error', `The header "${name}" of the answer is not ASCII.`)
        return abort(500)
      }
      response.statusCode = incoming.statusCode ?? 500
      for (const [name, value] of Object.entries(incoming.headers)) {
        if (value !== undefined && !hopHeaders.has(name)) response.setHeader(name, value)
      }
      pipeline(incoming, response, () => {})
    },
  )
  // The library learns of a request only by its headers: an invocation whose headers never come waits for ever.
  outgoing.flushHeaders()
  outgoing.on('error', () => {
    if (response.headersSent) return void response.destroy()
    // What became of the function knows why: a lost worker is told apart from a failure.
    setTimeout(() => abort(500), silentAnswerMs)
  })
  // A client that goes away must not leave its function waiting for bytes.
  const giveUp = (): void => afterHeaders(outgoing, () => outgoing.destroy())
  request.on('error', giveUp)
  response.on('close', () => {
    if (!response.writableFinished) giveUp()
  })
  // No pipeline: it would end the client's connection with that of a lost worker, and nobody could be told.
  request.pipe(outgoing)

  function abort(status: number, headers?: Record<string, string>): void {
    if (response.closed || response.writableEnded) return
    if (response.headersSent) response.destroy()
    else answerEmpty(response, status, headers)
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

/** Where the library's server listens. */
function addressOf(httpUri: string): { socketPath: string } | { host: string; port: string } {
  if (httpUri.startsWith('unix:')) return { socketPath: httpUri.slice('unix:'.length) }
  return { host: '127.0.0.1', port: new URL(httpUri).port }
}

/** Runs something once the headers have left for the worker. */
function afterHeaders(outgoing: ClientRequest, run: () => void): void {
  const whenConnected = (socket: Socket): void => {
    if (socket.connecting) socket.once('connect', () => setImmediate(run))
    else setImmediate(run)
  }
  if (outgoing.socket) whenConnected(outgoing.socket)
  else outgoing.once('socket', whenConnected)
}
