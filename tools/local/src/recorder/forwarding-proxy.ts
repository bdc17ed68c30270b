import type { IncomingMessage, ServerResponse } from 'node:http'
import { Agent, createServer, request as sendRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream'

import type { DataRequest } from './data-operation.ts'

/** A request that passed, and how it was answered. */
export interface Exchange extends DataRequest {
  /** Status of the answer; undefined where none came. */
  readonly status: number | undefined
  /** The body of a request that {@link ProxyOptions.isBodyWanted} asked for. */
  readonly body: string
}

/** Where a proxy leads, and whom it tells. */
export interface ProxyOptions {
  /** Port on loopback of the server behind; asked when a request comes. */
  readonly targetPort: () => number
  /** Requests whose body is needed to know what they do; it is kept as it passes. */
  readonly isBodyWanted: (request: DataRequest) => boolean
  readonly onExchange: (exchange: Exchange) => void
}

/** A proxy that listens. */
export interface ForwardingProxy {
  readonly port: number
  close(): Promise<void>
}

/**
 * Starts a proxy on loopback. Headers pass in their order and spelling (the Host of the caller too: signatures cover no port), bodies as
 * they come. What breaks on one side is broken off on the other, so that a caller meets the same faults as without it.
 */
export async function startForwardingProxy(options: ProxyOptions): Promise<ForwardingProxy> {
  const agent = new Agent({ keepAlive: true })
  const server = createServer((request, response) => forward(request, response, agent, options))
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) =>
    forward(request, response, agent, options),
  )
  // How long a caller takes, and how long a connection rests, is between it and the server behind.
  Object.assign(server, { requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 0 })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
        agent.destroy()
      }),
  }
}

function forward(
  request: IncomingMessage,
  response: ServerResponse,
  agent: Agent,
  { targetPort, isBodyWanted, onExchange }: ProxyOptions,
): void {
  const { method = 'GET', url = '/', headers } = request
  const known: DataRequest = { method, url, headers }
  const chunks: Buffer[] = []
  if (isBodyWanted(known)) request.on('data', (chunk: Buffer) => chunks.push(chunk))
  let isTold = false
  const tell = (status: number | undefined): void => {
    if (isTold) return
    isTold = true
    onExchange({ ...known, status, body: Buffer.concat(chunks).toString('utf8') })
  }

  const onward = sendRequest({
    host: '127.0.0.1',
    port: targetPort(),
    method,
    path: url,
    headers: request.rawHeaders,
    agent,
  })
  onward.on('continue', () => response.writeContinue())
  onward.on('information', ({ statusCode }) => {
    if (statusCode === 102) response.writeProcessing()
  })
  onward.on('response', (answer) => {
    tell(answer.statusCode)
    response.sendDate = false
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, answer.rawHeaders)
    answer.on('end', () => {
      if (answer.rawTrailers.length > 0) response.addTrailers(answer.trailers as Record<string, string>)
    })
    pipeline(answer, response, () => undefined)
  })
  onward.on('error', () => {
    tell(undefined)
    // Once an answer is on its way, its own stream says whether it is whole.
    if (!response.headersSent) request.socket.destroy()
  })
  response.on('close', () => {
    if (!response.writableFinished) onward.destroy()
  })
  if (headers.expect !== undefined) onward.flushHeaders()
  request.pipe(onward)
}
