/** Status and text of what the queue service refuses, by its code. */
const refusals = {
  AuthenticationFailed: [
    403,
    'Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.',
  ],
  InternalError: [500, 'The server encountered an internal error.'],
  InvalidQueryParameterValue: [
    400,
    'Value for one of the query parameters specified in the request URI is invalid.',
  ],
  InvalidResourceName: [400, 'The specified resource name contains invalid characters.'],
  InvalidUri: [400, 'The requested URI does not represent any resource on the server.'],
  InvalidXmlDocument: [400, 'XML specified is not syntactically valid.'],
  MessageNotFound: [404, 'The specified message does not exist.'],
  MissingRequiredQueryParameter: [
    400,
    'A query parameter that is mandatory for this request is not specified.',
  ],
  NotImplemented: [501, 'This is not built into the queue service for tests.'],
  OutOfRangeInput: [400, 'The specified resource name length is not within the permissible limits.'],
  OutOfRangeQueryParameterValue: [
    400,
    'One of the query parameters specified in the request URI is outside the permissible range.',
  ],
  PopReceiptMismatch: [
    400,
    'The specified pop receipt did not match the pop receipt for a dequeued message.',
  ],
  QueueAlreadyExists: [409, 'The specified queue already exists.'],
  QueueNotFound: [404, 'The specified queue does not exist.'],
  RequestBodyTooLarge: [413, 'The request body is too large and exceeds the maximum permissible limit.'],
} as const satisfies Readonly<Record<string, readonly [status: number, text: string]>>

/** A code of the queue service. */
export type ServiceErrorCode = keyof typeof refusals

/** What the service refuses. The details are elements of its answer, beside code and message. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError'
  readonly code: ServiceErrorCode
  readonly details: Readonly<Record<string, string>>
  readonly status: number

  constructor(code: ServiceErrorCode, details: Readonly<Record<string, string>> = {}, message?: string) {
    const [status, text] = refusals[code]
    super(message ?? text)
    this.code = code
    this.details = details
    this.status = status
  }
}
