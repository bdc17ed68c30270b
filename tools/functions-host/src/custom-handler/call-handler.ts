import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import { request as sendRequest } from 'node:http'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'

import { hostVersion } from '../versions.ts'
import type { AdoptedExchange } from '../worker/function-worker.ts'

/** Headers that belong to one connection and are not passed on. */
const hopHeaders: ReadonlySet<string> = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Where a call goes, and for which invocation. */
export interface HandlerCall {
  readonly port: number
  readonly path: string
  readonly invocationId: string
}

/** Sends an invocation as JSON; answers status and text. No connection is kept: a program that closes idle ones would lose the next call. */
export async function callHandler(
  call: HandlerCall,
  payload: unknown,
): Promise<{ status: number; text: string }> {
  const body = Buffer.from(JSON.stringify(payload))
  const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': body.byteLength }
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const outgoing = sendRequest(
    { ...target(call), method: 'POST', headers: { ...headers, ...ownHeaders(call) } },
    resolve,
  )
  outgoing.on('error', reject)
  outgoing.end(body)
  const incoming = await promise
  return { status: incoming.statusCode ?? 0, text: await text(incoming) }
}

/** Passes a request on as it is, and the answer back, both streamed. The end of the answer, or of the client, ends both. */
export async function forwardRequest(
  call: HandlerCall,
  { request, response, onBodyFlows }: AdoptedExchange,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const outgoing = sendRequest(
    {
      ...target(call),
      method: request.method,
      headers: { ...endToEnd(request.headersDistinct), ...bodyHeaders(request), ...ownHeaders(call) },
    },
    resolve,
  )
  outgoing.on('error', reject)
  response.on('close', () => outgoing.destroy())
  // No pipeline: the end of the program must not end the client's connection, which is to be answered.
  request.pipe(outgoing)
  onBodyFlows()
  const incoming = await promise
  response.writeHead(incoming.statusCode ?? 500, endToEnd(incoming.headersDistinct))
  await pipeline(incoming, response)
}

function target({ port, path }: HandlerCall): { host: string; port: number; path: string; agent: false } {
  return { host: 'localhost', port, path, agent: false }
}

function ownHeaders({ invocationId }: HandlerCall): OutgoingHttpHeaders {
  return {
    'x-azure-functions-hostversion': hostVersion,
    'x-azure-functions-invocationid': invocationId,
  }
}

/** A body of unknown length stays one; a request without a body gets none. */
function bodyHeaders({ headers }: IncomingMessage): OutgoingHttpHeaders {
  return headers['transfer-encoding'] === undefined ? {} : { 'transfer-encoding': 'chunked' }
}

function endToEnd(headers: NodeJS.Dict<string[]>): OutgoingHttpHeaders {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, values]) =>
      values === undefined || hopHeaders.has(name) ? [] : [[name, values.length === 1 ? values[0] : values]],
    ),
  )
}
