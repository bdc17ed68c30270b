/**
 * What happens after an error of this category: `input limit denied missing conflict canceled` are never retried,
 * `throttled timeout dependency internal` are retried with back-off.
 */
export type ErrorCategory =
  | 'input'
  | 'limit'
  | 'denied'
  | 'missing'
  | 'conflict'
  | 'canceled'
  | 'throttled'
  | 'timeout'
  | 'dependency'
  | 'internal'

/** One row of the catalogue: HTTP status, category, constant public title, and what to do about it. */
export interface ErrorEntry {
  readonly status: number
  readonly category: ErrorCategory
  readonly title: string
  readonly remedy: string
}

/** Every error of the product by its code. `docs/reference/errors.md` is made from it. */
export const errorCatalogue = {
  // The request
  REQUEST_INVALID: {
    status: 400,
    category: 'input',
    title: 'The request is not valid.',
    remedy: 'Mend the fields that `errors` names.',
  },
  JSON_INVALID: {
    status: 400,
    category: 'input',
    title: 'The body is not valid JSON.',
    remedy: 'Send one JSON object, UTF-8 encoded.',
  },
  CURSOR_INVALID: {
    status: 400,
    category: 'input',
    title: 'The cursor is not valid.',
    remedy: 'Use `nextCursor` of the page before, unchanged, with the same filters.',
  },
  CONTENT_TYPE_UNSUPPORTED: {
    status: 415,
    category: 'input',
    title: 'The content type is not supported.',
    remedy: 'Send `application/json`, or `multipart/form-data` for small uploads.',
  },
  BODY_TOO_LARGE: {
    status: 413,
    category: 'limit',
    title: 'The body is too large.',
    remedy: 'Create an upload and write the file to its URL instead.',
  },
  ROUTE_NOT_FOUND: {
    status: 404,
    category: 'missing',
    title: 'There is nothing at this address.',
    remedy: 'See /openapi.json for the addresses that exist.',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    category: 'input',
    title: 'The method is not allowed here.',
    remedy: 'Use one of the methods that `Allow` names.',
  },
  KEY_MISSING: {
    status: 401,
    category: 'denied',
    title: 'An API key is needed.',
    remedy: 'Send `Authorization: Bearer zk_...`.',
  },
  KEY_INVALID: {
    status: 401,
    category: 'denied',
    title: 'The API key is not valid.',
    remedy: 'Check the key; a revoked key stays invalid.',
  },
  PRECONDITION_FAILED: {
    status: 412,
    category: 'conflict',
    title: 'The resource has changed since it was read.',
    remedy: 'Read it again and repeat the change with the new ETag.',
  },
  PRECONDITION_REQUIRED: {
    status: 428,
    category: 'input',
    title: 'If-Match is required.',
    remedy: 'Send the ETag of the version that you read as `If-Match`.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 409,
    category: 'conflict',
    title: 'The Idempotency-Key was used for another request.',
    remedy: 'Use a new key for a new request.',
  },
  // Resources
  UPLOAD_NOT_FOUND: {
    status: 404,
    category: 'missing',
    title: 'The upload does not exist.',
    remedy: 'Check the upload id.',
  },
  ASSET_NOT_FOUND: {
    status: 404,
    category: 'missing',
    title: 'The asset does not exist.',
    remedy: 'Check the asset id.',
  },
  ASSET_DELETING: {
    status: 409,
    category: 'conflict',
    title: 'The asset is being deleted.',
    remedy: 'Upload the file again as a new asset.',
  },
  RENDITION_NOT_FOUND: {
    status: 404,
    category: 'missing',
    title: 'The rendition does not exist.',
    remedy: 'List the renditions of the asset.',
  },
  JOB_NOT_FOUND: {
    status: 404,
    category: 'missing',
    title: 'The job does not exist.',
    remedy: 'Check the job id.',
  },
  JOB_FINISHED: {
    status: 409,
    category: 'conflict',
    title: 'The job has already ended.',
    remedy: 'Start a new job for this asset.',
  },
  WORKFLOW_NOT_FOUND: {
    status: 404,
    category: 'missing',
    title: 'The workflow does not exist.',
    remedy: 'List the workflows.',
  },
  PLAYBACK_NOT_FOUND: {
    status: 404,
    category: 'missing',
    title: 'The playback id does not exist.',
    remedy: 'Read the playback id from the asset.',
  },
  STATE_CONFLICT: {
    status: 409,
    category: 'conflict',
    title: 'The state does not allow this.',
    remedy: 'Read the resource and look at its state.',
  },
  // Sources
  SOURCE_EMPTY: {
    status: 422,
    category: 'input',
    title: 'The file is empty.',
    remedy: 'Upload a file that has content.',
  },
  SOURCE_TOO_LARGE: {
    status: 413,
    category: 'limit',
    title: 'The file is larger than the limit.',
    remedy: 'Upload a smaller file, or have the limit raised.',
  },
  SOURCE_TYPE_UNSUPPORTED: {
    status: 415,
    category: 'input',
    title: 'The file is not media of a supported type.',
    remedy: 'Upload an image, a video or an audio file of a supported type.',
  },
  SOURCE_CORRUPT: {
    status: 422,
    category: 'input',
    title: 'The file is damaged and cannot be read.',
    remedy: 'Export the file again and upload it anew.',
  },
  SOURCE_TRUNCATED: {
    status: 422,
    category: 'input',
    title: 'The file ends too early.',
    remedy: 'Upload the whole file again.',
  },
  SOURCE_CODEC_UNSUPPORTED: {
    status: 415,
    category: 'input',
    title: 'The codec of the file is not supported.',
    remedy: 'Convert the file to a supported codec.',
  },
  SOURCE_NO_STREAMS: {
    status: 422,
    category: 'input',
    title: 'The file holds no picture and no sound.',
    remedy: 'Upload a file with at least one video or audio track.',
  },
  SOURCE_LIMIT_EXCEEDED: {
    status: 413,
    category: 'limit',
    title: 'The picture, duration or frame count is over the limit.',
    remedy: 'Reduce dimensions or duration, or have the limit raised.',
  },
  SOURCE_CHANGED: {
    status: 409,
    category: 'conflict',
    title: 'The source was overwritten after it was taken in.',
    remedy: 'Upload the new file as an asset of its own.',
  },
  SOURCE_MISSING: {
    status: 404,
    category: 'missing',
    title: 'The source is gone.',
    remedy: 'Upload the file again.',
  },
  // Tasks and jobs
  OPERATION_UNKNOWN: {
    status: 400,
    category: 'input',
    title: 'No worker knows this operation.',
    remedy: 'Use an operation that the workflow reference lists.',
  },
  PARAMETERS_INVALID: {
    status: 400,
    category: 'input',
    title: 'The parameters of the operation are not valid.',
    remedy: 'Mend the parameters that the detail names.',
  },
  MESSAGE_INVALID: {
    status: 400,
    category: 'input',
    title: 'The message does not have the agreed shape.',
    remedy: 'Compare it with the task contract.',
  },
  TASK_CANCELED: {
    status: 409,
    category: 'canceled',
    title: 'The task was canceled.',
    remedy: 'Start a new run if the result is still wanted.',
  },
  JOB_CANCELED: {
    status: 409,
    category: 'canceled',
    title: 'The job was canceled.',
    remedy: 'Start a new run if the result is still wanted.',
  },
  TASK_TIMEOUT: {
    status: 504,
    category: 'timeout',
    title: 'The task took longer than it may.',
    remedy: 'It is tried again; if it stays so, reduce the work or raise the limit.',
  },
  WORKER_LOST: {
    status: 503,
    category: 'dependency',
    title: 'The worker stopped answering.',
    remedy: 'It is tried again by another worker.',
  },
  SCRATCH_FULL: {
    status: 503,
    category: 'dependency',
    title: 'The worker has no room for its files.',
    remedy: 'It is tried again; give the worker more temporary disk if it stays so.',
  },
  MEDIA_PROCESS_CRASHED: {
    status: 500,
    category: 'internal',
    title: 'The media process crashed on this file.',
    remedy: 'It is tried again; if it stays so, the file is probably hostile or damaged.',
  },
  MESSAGE_POISONED: {
    status: 500,
    category: 'internal',
    title: 'A message failed too often and was set aside.',
    remedy: 'Look at the poison queue and at the last error.',
  },
  // What we depend on
  STORE_UNAVAILABLE: {
    status: 503,
    category: 'dependency',
    title: 'The database does not answer.',
    remedy: 'Try again in a moment.',
  },
  BLOBS_UNAVAILABLE: {
    status: 503,
    category: 'dependency',
    title: 'The storage does not answer.',
    remedy: 'Try again in a moment.',
  },
  INTERNAL: {
    status: 500,
    category: 'internal',
    title: 'Something went wrong on our side.',
    remedy: 'Try again; tell us the traceId if it stays so.',
  },
  SETTINGS_INVALID: {
    status: 500,
    category: 'internal',
    title: 'The settings of the app are not valid.',
    remedy: 'Mend the settings that the detail names.',
  },
  NOT_BUILT: {
    status: 501,
    category: 'input',
    title: 'This is not built.',
    remedy: 'See the documentation for what is.',
  },
} as const satisfies Record<string, ErrorEntry>

/** A code of the catalogue. */
export type ErrorCode = keyof typeof errorCatalogue
