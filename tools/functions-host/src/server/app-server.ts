import { isUtf8 } from 'node:buffer'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { STATUS_CODES, createServer } from 'node:http'
import type { Duplex } from 'node:stream'

import { answerEmpty } from './answer-empty.ts'
import type { BodyRate } from './slow-bodies.ts'
import { SlowBodies } from './slow-bodies.ts'

/** What Kestrel, the real host's server, lets through. */
const mostHeaders = 100
const longestRequestLineBytes = 8192
const headersBytes = 32 * 1024

/** What Node's parser calls the faults that are not a plain 400. */
const parserStatuses: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_INVALID_VERSION: 505,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}

/** How long a server waits for its clients. */
export interface ServerPatience {
  /** For a request's headers, ms. */
  readonly headersMs: number
  /** How often connections are looked at, ms. */
  readonly checkMs: number
  readonly bodies: BodyRate
}

/** That of Kestrel. A body may take as long as it needs, if only it comes. */
const kestrelPatience: ServerPatience = {
  headersMs: 30_000,
  checkMs: 5000,
  bodies: { leastBytesPerSecond: 240, graceMs: 5000 },
}

/** Makes the server of an app: malformed requests end here, with the statuses of the real host, and so do those that never come to an end. */
export function makeAppServer(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  patience: ServerPatience = kestrelPatience,
): Server {
  const slowBodies = new SlowBodies(patience.bodies)
  const take = (request: IncomingMessage, response: ServerResponse): void => {
    const status = refuse(request)
    if (status) return answerEmpty(response, status)
    if (hasBody(request)) slowBodies.watch(request, response)
    request.url = toPath(request.url ?? '/')
    answer(request, response)
  }
  const server = createServer(
    {
      keepAliveTimeout: 65_000,
      maxHeaderSize: headersBytes,
      requireHostHeader: false,
      headersTimeout: patience.headersMs,
      requestTimeout: 0,
      connectionsCheckingInterval: patience.checkMs,
    },
    take,
  )
  spareAnswersOnTheirWay(server)
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    // Without a body there is nothing to go on with.
    if (hasBody(request)) response.writeContinue()
    take(request, response)
  })
  // An expectation that nobody knows is passed over.
  server.on('checkExpectation', take)
  server.on('connect', (_request, socket) => endRaw(socket, 404))
  server.on('clientError', (error: NodeJS.ErrnoException & { rawPacket?: Buffer }, socket) => {
    const { _httpMessage: begun } = socket as HttpSocket
    if (error.code === 'ECONNRESET' || !socket.writable || begun?.headersSent) socket.destroy()
    else if (error.code === 'HPE_INVALID_METHOD')
      // A method that nobody knows has no function; what does not look like one is no request.
      endRaw(socket, /^[A-Za-z]+ /.test(error.rawPacket?.toString('latin1', 0, 32) ?? '') ? 404 : 400)
    else endRaw(socket, parserStatuses[error.code ?? ''] ?? 400)
  })
  return server
}

/** A connection of Node's server; the answer that it is busy with is not public. */
type HttpSocket = Duplex & { readonly _httpMessage?: ServerResponse | null }

/** Node takes a connection for idle, and cuts it off when the server closes, while the end of an answer is still to be sent. */
function spareAnswersOnTheirWay(server: Server): void {
  const sockets = new Set<HttpSocket>()
  server.on('connection', (socket: HttpSocket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.closeIdleConnections = () => {
    for (const socket of sockets) if (!socket._httpMessage) socket.destroy()
  }
}

/** The status that refuses a malformed request; undefined for a sound one. */
function refuse(request: IncomingMessage): number | undefined {
  const { httpVersion, rawHeaders, method = '', url = '' } = request
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return 505
  if (rawHeaders.length / 2 > mostHeaders) return 431
  if (method.length + url.length + '  HTTP/1.1'.length > longestRequestLineBytes) return 414
  const hosts = countHosts(rawHeaders)
  if (hosts > 1 || (hosts === 0 && httpVersion === '1.1')) return 400
  if (request.headers.host && !isHost(request.headers.host, url)) return 400
  if (/^[^?]*%00/.test(url)) return 400
  if (rawHeaders.some(isBroken)) return 400
  return url === '*' ? 404 : undefined
}

function countHosts(rawHeaders: readonly string[]): number {
  let count = 0
  for (let index = 0; index < rawHeaders.length; index += 2)
    if (rawHeaders[index]?.toLowerCase() === 'host') count += 1
  return count
}

/** Whether a header's name or value is neither ASCII nor UTF-8. */
function isBroken(text: string): boolean {
  return /[\x80-\xff]/.test(text) && !isUtf8(Buffer.from(text, 'latin1'))
}

/** Whether it is a host with or without a port, and that of the target where the target names one. */
function isHost(host: string, target: string): boolean {
  if (!/^(\[[\da-f:.]+\]|[\w!$&'()\-.~]+)(:\d+)?$/i.test(host)) return false
  const authority = /^https?:\/\/([^/?#]*)/i.exec(target)?.[1]
  return authority === undefined || host === authority || host === `${authority}:80`
}

/** The path and query of a request's target. `#` and `\` in it are characters like others, which URLs would not have. */
function toPath(target: string): string {
  if (/^\/[^#\\]*$/.test(target)) return target
  const path = target
    .replace(/^https?:\/\/[^/?#]*/i, '')
    .replaceAll('#', '%23')
    .replaceAll('\\', '%5C')
  return path.startsWith('/') ? path : `/${path}`
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/** Answers where Node has handed the connection over: what becomes of it is nobody else's business then. */
function endRaw(socket: Duplex, status: number): void {
  // A client that has gone already is no fault of the host's.
  socket.on('error', () => {})
  socket.on('finish', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`)
}
