import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'

import { ServiceError, messageOf, tooLarge } from '../errors.ts'
import type { Faults } from '../faults.ts'
import type { AccountStore } from '../storage/account-store.ts'
import { authorize } from './authorize.ts'
import type { Request, Response } from './exchange.ts'
import { pathSegments, route } from './route.ts'

const largestBodyBytes = 4 * 1024 * 1024
const idleConnectionMs = 120_000

/** What a server serves. */
export interface ServedAccount {
  store: AccountStore
  faults: Faults
  key: string
}

/** An HTTP server for one account. Every answer waits until what it tells of is on disk. */
export function createAccountServer(account: ServedAccount): Server {
  const server = createServer((incoming, outgoing) => {
    void serve(account, incoming, outgoing).catch(() => outgoing.destroy())
  })
  server.keepAliveTimeout = idleConnectionMs
  return server
}

async function serve(
  account: ServedAccount,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const activityId = randomUUID()
  let response: Response | undefined
  try {
    response = await respond(account, incoming)
  } catch (error) {
    response = toErrorResponse(error, activityId)
  }
  if (!response) {
    incoming.socket.destroy()
    return
  }
  const { status, headers, body } = response
  const hasBody = body !== undefined && status !== 204 && status !== 304
  outgoing.writeHead(status, {
    'x-ms-activity-id': activityId,
    'x-ms-request-charge': '0',
    'x-ms-schemaversion': '1.18',
    'x-ms-serviceversion': 'cosmos-emulator',
    ...headers,
    ...(hasBody
      ? { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }
      : status === 204 || status === 304
        ? {}
        : { 'content-length': '0' }),
  })
  outgoing.end(hasBody ? body : undefined)
}

/** The answer; undefined where a fault says to drop the connection. */
async function respond(account: ServedAccount, incoming: IncomingMessage): Promise<Response | undefined> {
  const body = await readBody(incoming)
  const path = (incoming.url ?? '/').split('?')[0] ?? '/'
  const request: Request = {
    method: incoming.method ?? 'GET',
    rawPath: path,
    segments: pathSegments(path),
    headers: incoming.headers,
    body,
  }
  const fault = account.faults.take(request.method, path)
  if (fault?.delayMs !== undefined) await wait(fault.delayMs)
  if (fault?.dropsConnection === true) return undefined
  if (fault?.status !== undefined)
    throw new ServiceError(fault.status, 'InjectedFault', 'This fault was injected.', {
      ...(fault.substatus === undefined ? {} : { substatus: fault.substatus }),
      ...(fault.retryAfterMs === undefined ? {} : { retryAfterMs: fault.retryAfterMs }),
    })
  authorize(request, account.key)
  try {
    return await route(account.store, request)
  } finally {
    await account.store.file.committed()
  }
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= largestBodyBytes) chunks.push(chunk)
  }
  if (size > largestBodyBytes) throw tooLarge('4 MB for a request')
  return Buffer.concat(chunks)
}

function toErrorResponse(error: unknown, activityId: string): Response {
  const known = toServiceError(error)
  return {
    status: known.status,
    headers: {
      ...(known.substatus === undefined ? {} : { 'x-ms-substatus': String(known.substatus) }),
      ...(known.retryAfterMs === undefined ? {} : { 'x-ms-retry-after-ms': String(known.retryAfterMs) }),
      'x-ms-request-charge': '1',
    },
    body: JSON.stringify({
      code: known.code,
      message: `${known.message}\r\nActivityId: ${activityId}, cosmos-emulator`,
    }),
  }
}

function toServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error
  if (error instanceof RangeError && error.message.includes('call stack'))
    return new ServiceError(400, 'BadRequest', 'The request is nested too deeply.')
  console.error('cosmos-emulator: a request failed unexpectedly', error)
  return new ServiceError(500, 'InternalServerError', messageOf(error))
}
