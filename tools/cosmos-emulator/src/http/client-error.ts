import type { Duplex } from 'node:stream'

import { ServiceError } from '../errors.ts'
import { toErrorResponse } from './error-response.ts'

/** Answers bytes that are no HTTP request, as far as the connection still takes an answer, and ends the connection. */
export function answerClientError(error: Error & { code?: string }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const { status, body } = toErrorResponse(toServiceError(error), 'none')
  const text = String(body)
  socket.end(
    `HTTP/1.1 ${status} ${status === 400 ? 'Bad Request' : 'Refused'}\r\nConnection: close\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  )
}

function toServiceError({ code, message }: Error & { code?: string }): ServiceError {
  if (code === 'HPE_HEADER_OVERFLOW')
    return new ServiceError(
      431,
      'RequestHeaderFieldsTooLarge',
      'The headers of a request must not be larger than 16 KB.',
    )
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new ServiceError(408, 'RequestTimeout', 'The request was not sent in time.')
  return new ServiceError(400, 'BadRequest', `The request is not valid HTTP: ${message}.`)
}
