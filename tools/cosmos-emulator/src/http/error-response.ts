import { ServiceError, messageOf } from '../errors.ts'
import { toStorageFailure } from '../storage/storage-error.ts'
import type { Response } from './exchange.ts'

/** The answer that tells of an error; one that is not of the service is also said on the console. */
export function toErrorResponse(error: unknown, activityId: string): Response {
  const known = toServiceError(error)
  return {
    status: known.status,
    headers: {
      ...(known.substatus === undefined ? {} : { 'x-ms-substatus': String(known.substatus) }),
      ...(known.retryAfterMs === undefined ? {} : { 'x-ms-retry-after-ms': String(known.retryAfterMs) }),
      'x-ms-request-charge': '1',
      ...known.headers,
    },
    body: JSON.stringify({
      code: known.code,
      message: `${known.message}\r\nActivityId: ${activityId}, cosmos-emulator`,
      additionalErrorInfo: known.additionalErrorInfo,
    }),
  }
}

function toServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error
  const storageFailure = toStorageFailure(error)
  if (storageFailure) return storageFailure
  if (error instanceof RangeError && error.message.includes('call stack'))
    return new ServiceError(400, 'BadRequest', 'The request is nested too deeply.')
  if (error instanceof RangeError && error.message === 'Invalid string length')
    return new ServiceError(400, 'BadRequest', 'The result is too large for an answer.')
  console.error('cosmos-emulator: a request failed unexpectedly', error)
  return new ServiceError(500, 'InternalServerError', messageOf(error))
}
