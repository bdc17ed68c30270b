import { z } from 'zod'

import { ErrorBody } from './errors.ts'
import { idSchema } from './ids.ts'
import { MediaInfo } from './media.ts'
import { AssetState, JobState, MediaType, RenditionState, TaskState, UploadState } from './states.ts'
import { TaskProgress } from './task-contract.ts'

const time = z.iso.datetime()
const labels = z
  .record(z.string().regex(/^[a-zA-Z0-9._-]{1,64}$/), z.string().max(256))
  .refine((value) => Object.keys(value).length <= 50, 'at most 50 labels')

/** Money over HTTP: integer nano-units of a currency. */
export const MoneyBody = z.object({ amountNano: z.int().nonnegative(), currency: z.string() })
/** Money over HTTP. */
export type MoneyBody = z.infer<typeof MoneyBody>

/** `POST /v1/uploads` */
export const CreateUploadBody = z.strictObject({
  filename: z.string().min(1).max(255).optional(),
  contentType: z.string().max(127).optional(),
  sizeBytes: z.int().nonnegative().optional(),
  labels: labels.default({}),
})
/** `POST /v1/uploads` */
export type CreateUploadBody = z.infer<typeof CreateUploadBody>

/** An upload over HTTP. `upload` (the SAS) is there only in the answer that creates it. */
export const UploadBody = z.object({
  id: idSchema('upl'),
  assetId: idSchema('ast'),
  state: UploadState,
  filename: z.string().optional(),
  sizeBytes: z.int().optional(),
  createdAt: time,
  expiresAt: time,
  /** Write the file here: one `PUT` with `x-ms-blob-type: BlockBlob`, or blocks and a block list. */
  upload: z
    .object({
      method: z.literal('PUT'),
      url: z.string(),
      headers: z.record(z.string(), z.string()),
      expiresAt: time,
    })
    .optional(),
})
/** An upload over HTTP. */
export type UploadBody = z.infer<typeof UploadBody>

/** An asset over HTTP. URLs are absolute. */
export const AssetBody = z.object({
  id: idSchema('ast'),
  state: AssetState,
  readyToPlay: z.boolean(),
  mediaType: MediaType,
  jobId: idSchema('job'),
  filename: z.string().optional(),
  contentType: z.string(),
  sizeBytes: z.int(),
  labels: z.record(z.string(), z.string()),
  media: MediaInfo.optional(),
  playback: z.object({ id: idSchema('pbk'), hlsUrl: z.string(), dashUrl: z.string() }).optional(),
  error: ErrorBody.optional(),
  createdAt: time,
  updatedAt: time,
})
/** An asset over HTTP. */
export type AssetBody = z.infer<typeof AssetBody>

/** `PATCH /v1/assets/{id}` (with If-Match) */
export const PatchAssetBody = z.strictObject({ labels })
/** `PATCH /v1/assets/{id}` */
export type PatchAssetBody = z.infer<typeof PatchAssetBody>

/** A rendition over HTTP. */
export const RenditionBody = z.object({
  id: idSchema('rnd'),
  assetId: idSchema('ast'),
  jobId: idSchema('job'),
  name: z.string(),
  kind: z.enum(['image', 'poster', 'placeholder', 'package']),
  state: RenditionState,
  url: z.string().optional(),
  contentType: z.string().optional(),
  sizeBytes: z.int().optional(),
  fileCount: z.int().optional(),
  media: MediaInfo.optional(),
  error: ErrorBody.optional(),
  createdAt: time,
})
/** A rendition over HTTP. */
export type RenditionBody = z.infer<typeof RenditionBody>

/** One file of a rendition, `GET /v1/assets/{id}/renditions/{name}/files`. `name` is its path within the rendition. */
export const RenditionFileBody = z.object({
  name: z.string(),
  url: z.string(),
  contentType: z.string(),
  sizeBytes: z.int(),
  sha256: z.string(),
})
/** One file of a rendition. */
export type RenditionFileBody = z.infer<typeof RenditionFileBody>

/** `POST /v1/jobs`: process an asset again, with a workflow. */
export const CreateJobBody = z.strictObject({ assetId: idSchema('ast'), workflowId: z.string().optional() })
/** `POST /v1/jobs` */
export type CreateJobBody = z.infer<typeof CreateJobBody>

/** A task over HTTP, part of a job. */
export const TaskBody = z.object({
  id: idSchema('tsk'),
  name: z.string(),
  operation: z.string(),
  state: TaskState,
  attempt: z.int(),
  progress: TaskProgress.optional(),
  startedAt: time.optional(),
  endedAt: time.optional(),
  error: ErrorBody.optional(),
})
/** A task over HTTP. */
export type TaskBody = z.infer<typeof TaskBody>

/** A job over HTTP. `tasks` is there for one job, not in lists. */
export const JobBody = z.object({
  id: idSchema('job'),
  assetId: idSchema('ast'),
  state: JobState,
  waitingFor: z.enum(['paused', 'approval', 'budget']).optional(),
  workflow: z.object({ workflowId: z.string(), version: z.int() }),
  run: z.int(),
  progress: TaskProgress.optional(),
  cost: MoneyBody.optional(),
  error: ErrorBody.optional(),
  tasks: z.array(TaskBody).optional(),
  createdAt: time,
  startedAt: time.optional(),
  endedAt: time.optional(),
})
/** A job over HTTP. */
export type JobBody = z.infer<typeof JobBody>

/** `GET /v1/usage?from&to&jobId`: sums per day, meter and operation, and the total. Days are UTC, `YYYY-MM-DD`, both included. */
export const UsageBody = z.object({
  from: z.string(),
  to: z.string(),
  total: MoneyBody,
  data: z.array(
    z.object({
      day: z.string(),
      meter: z.string(),
      unit: z.string(),
      operation: z.string(),
      quantity: z.int(),
      records: z.int(),
      amountNano: z.int(),
      currency: z.string(),
      billable: z.boolean(),
    }),
  ),
})
/** `GET /v1/usage` */
export type UsageBody = z.infer<typeof UsageBody>

/** A workflow over HTTP. */
export const WorkflowBody = z.object({
  id: z.string(),
  version: z.int(),
  name: z.string(),
  mediaTypes: z.array(MediaType),
  steps: z.array(z.object({ id: z.string(), operation: z.string() })),
})
/** A workflow over HTTP. */
export type WorkflowBody = z.infer<typeof WorkflowBody>

/** Query of every list. */
export const ListQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(1024).optional(),
})
/** Query of every list. */
export type ListQuery = z.infer<typeof ListQuery>

/** A page of a list; `nextCursor` is absent on the last one. */
export interface Page<T> {
  readonly data: readonly T[]
  readonly nextCursor?: string
}

/** `application/problem+json` (RFC 9457), the form of every error over HTTP. */
export const ProblemBody = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  code: z.string(),
  category: z.string(),
  retry: z.boolean(),
  remedy: z.string().optional(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
  traceId: z.string().optional(),
})
/** The form of every error over HTTP. */
export type ProblemBody = z.infer<typeof ProblemBody>
