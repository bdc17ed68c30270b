import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'

import { readBody } from '../../server/request-body.ts'
import { answerCall } from './answer-call.ts'
import { readMetadata } from './metadata.ts'
import type { QueueStore } from './queue-store.ts'
import type { ServiceAnswer } from './service-call.ts'
import { ServiceError } from './service-error.ts'
import type { SharedKey } from './shared-key.ts'
import { isSignedWith } from './shared-key.ts'
import { toXml } from './xml.ts'

/** The largest message, each byte of it escaped (`&quot;`), and what is around it. */
const maxBodyBytes = 6 * 65_536 + 1024

/** Answers a request to the account, in the protocol of the service. */
export async function answerRequest(
  request: IncomingMessage,
  response: ServerResponse,
  key: SharedKey,
  store: QueueStore,
): Promise<void> {
  const answer = await answerOrRefuse(request, key, store)
  const clientRequestId = request.headers['x-ms-client-request-id']
  response
    .writeHead(answer.status, {
      server: 'queue-service-for-tests',
      date: new Date(store.nowMs).toUTCString(),
      'x-ms-request-id': randomUUID(),
      'x-ms-version': request.headers['x-ms-version'] ?? '2026-04-06',
      // What has not been read would be taken for the next request.
      ...(request.complete ? {} : { connection: 'close' }),
      ...(clientRequestId ? { 'x-ms-client-request-id': clientRequestId } : {}),
      ...(answer.body === undefined ? {} : { 'content-type': 'application/xml' }),
      'content-length': Buffer.byteLength(answer.body ?? ''),
      ...answer.headers,
    })
    .end(request.method === 'HEAD' ? undefined : answer.body)
}

async function answerOrRefuse(
  request: IncomingMessage,
  key: SharedKey,
  store: QueueStore,
): Promise<ServiceAnswer> {
  try {
    const { method = '', url: target = '/', headers } = request
    const url = new URL(target, `http://${headers.host ?? '127.0.0.1'}`)
    if (url.searchParams.has('sig'))
      throw new ServiceError(
        'NotImplemented',
        {},
        'The queue service for tests knows no shared access signatures: use its connection string.',
      )
    if (!isSignedWith(key, { method, target, headers })) throw new ServiceError('AuthenticationFailed')
    const body = await readBody(request, maxBodyBytes)
    if (!body) throw new ServiceError('RequestBodyTooLarge', { MaxLimit: '65536' })
    const [, ...path] = url.pathname.split('/').filter(Boolean).map(decodeSegment)
    const call = {
      query: url.searchParams,
      metadata: readMetadata(request),
      body: Buffer.from(body).toString(),
    }
    return answerCall(method, path, call, store)
  } catch (error) {
    return refuse(
      error instanceof ServiceError ? error : new ServiceError('InternalError', {}, String(error)),
    )
  }
}

/** @throws ServiceError for a broken `%` escape */
function decodeSegment(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new ServiceError('InvalidUri')
  }
}

function refuse({ code, status, message, details }: ServiceError): ServiceAnswer {
  return {
    status,
    headers: { 'x-ms-error-code': code },
    body: toXml({ Error: { Code: code, Message: message, ...details } }),
  }
}
