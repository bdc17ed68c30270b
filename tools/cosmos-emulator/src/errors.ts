/** An error of the service, as it goes over the wire: status, code, sub-status and text. */
export class ServiceError extends Error {
  readonly status: number
  readonly code: string
  readonly substatus: number | undefined
  readonly retryAfterMs: number | undefined
  /** JSON text that clients read to go on in another way: the plan of a query that has to be merged. */
  readonly additionalErrorInfo: string | undefined
  /** Headers of the answer, beside those of every error. */
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: number,
    code: string,
    message: string,
    more: {
      substatus?: number
      retryAfterMs?: number
      additionalErrorInfo?: string
      headers?: Record<string, string>
    } = {},
  ) {
    super(message)
    this.name = 'ServiceError'
    this.status = status
    this.code = code
    this.substatus = more.substatus
    this.retryAfterMs = more.retryAfterMs
    this.additionalErrorInfo = more.additionalErrorInfo
    this.headers = more.headers ?? {}
  }
}

const learnMore = 'Learn more: https://aka.ms/cosmosdb-tsg-'

/** 400, with the text of what is wrong. */
export function badRequest(message: string, substatus?: number): ServiceError {
  const text = `Message: {"Errors":[${JSON.stringify(message)}]}`
  return new ServiceError(400, 'BadRequest', text, substatus === undefined ? {} : { substatus })
}

/** 401, with what is wrong with the token that was sent. */
export function unauthorized(message: string): ServiceError {
  return new ServiceError(401, 'Unauthorized', message)
}

/** 403, with what is not allowed. */
export function forbidden(message: string, substatus?: number): ServiceError {
  return new ServiceError(403, 'Forbidden', message, substatus === undefined ? {} : { substatus })
}

/** 404 for a resource that is not there. */
export function notFound(): ServiceError {
  return new ServiceError(
    404,
    'NotFound',
    `Message: {"Errors":["Resource Not Found. ${learnMore}not-found"]}`,
    { substatus: 0 },
  )
}

/** 404/1002: the reader's session is ahead of what is stored here. */
export function readSessionNotAvailable(): ServiceError {
  return new ServiceError(404, 'NotFound', 'The read session is not available for the input session token.', {
    substatus: 1002,
  })
}

/** 410/1002: the physical partition that a request names is not there (any more), and the client must ask for them anew. */
export function rangeGone(id: string): ServiceError {
  return new ServiceError(
    410,
    'Gone',
    `Message: {"Errors":["The requested resource is no longer available at the server: there is no partition key range ${id}."]}`,
    { substatus: 1002 },
  )
}

/** 409 for an id or a unique key that is taken. */
export function conflict(what = 'Resource with specified id or name already exists.'): ServiceError {
  return new ServiceError(409, 'Conflict', `Message: {"Errors":[${JSON.stringify(what)}]}`)
}

/** 412 for an etag or a patch condition that does not hold. */
export function preconditionFailed(): ServiceError {
  return new ServiceError(
    412,
    'PreconditionFailed',
    'Message: {"Errors":["One of the specified pre-condition is not met. Learn more: https://aka.ms/CosmosDB/sql/errors/precondition-failed"]}',
  )
}

/** 413 for a request over the limit. */
export function tooLarge(limit: string): ServiceError {
  return new ServiceError(413, 'RequestEntityTooLarge', `Request size is too large: the limit is ${limit}.`)
}

/** 429/3200: the throughput of this second is used up; ask again after so many milliseconds. */
export function tooManyRequests(retryAfterMs: number): ServiceError {
  return new ServiceError(
    429,
    'TooManyRequests',
    'Message: {"Errors":["Request rate is large. More Request Units may be needed, so no changes were made. Please retry this request later. Learn more: http://aka.ms/cosmosdb-error-429"]}',
    { substatus: 3200, retryAfterMs },
  )
}

/** 501 for an operation that the emulator does not have: it is named, never silently accepted. */
export function notImplemented(operation: string): ServiceError {
  return new ServiceError(
    501,
    'NotImplemented',
    `The emulator does not implement this operation: ${operation}.`,
  )
}

/** What went wrong, for a log line. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
