import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'

import type { Certificate } from '../certificate.ts'
import type { ServedAccount } from '../served-account.ts'
import { answerClientError } from './client-error.ts'
import { toErrorResponse } from './error-response.ts'
import { answerExplorer, isExplorer } from './explorer.ts'
import { respond } from './respond.ts'
import type { Served } from './respond.ts'
import { guardFromPages } from './web-guard.ts'

const idleConnectionMs = 120_000
// A request without a host is refused here, with a message.
const options = { requireHostHeader: false }

/** A server of one account, by HTTPS where a certificate is given. Every answer waits until what it tells of is on disk. */
export function createAccountServer(account: ServedAccount, certificate?: Certificate): Server {
  const listener = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    void serve(account, incoming, outgoing).catch(() => outgoing.destroy())
  }
  const server = certificate
    ? createTlsServer({ ...options, cert: certificate.certificate, key: certificate.key }, listener)
    : createServer(options, listener)
  server.keepAliveTimeout = idleConnectionMs
  server.on('clientError', answerClientError)
  // Whatever a client expects beyond 100-continue, it gets an answer.
  server.on('checkExpectation', listener)
  return server
}

async function serve(
  account: ServedAccount,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const activityId = randomUUID()
  let served: Served
  try {
    if (isExplorer(incoming)) {
      guardFromPages(incoming, account.allowedHosts)
      answerExplorer(incoming, outgoing)
      return
    }
    served = await respond(account, incoming)
  } catch (error) {
    served = { response: toErrorResponse(error, activityId), ending: 'whole' }
  }
  if (!served.response) {
    incoming.socket.destroy()
    return
  }
  const { status, headers, body } = served.response
  const hasBody = body !== undefined && status !== 204 && status !== 304
  outgoing.writeHead(status, {
    'x-ms-activity-id': activityId,
    'x-ms-request-charge': '0',
    'x-ms-schemaversion': '1.18',
    'x-ms-serviceversion': 'cosmos-emulator',
    ...headers,
    ...(hasBody
      ? {
          'content-type': typeof body === 'string' ? 'application/json' : 'application/octet-stream',
          'content-length': String(Buffer.byteLength(body)),
        }
      : status === 204 || status === 304
        ? {}
        : { 'content-length': '0' }),
  })
  if (served.ending === 'cut') {
    const half = Buffer.from(body ?? '')
    outgoing.write(half.subarray(0, Math.floor(half.length / 2)), () => incoming.socket.destroy())
    return
  }
  outgoing.end(hasBody ? body : undefined)
}
