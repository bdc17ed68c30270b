import { z } from 'zod'

import { ErrorBody } from './errors.ts'
import { idSchema } from './ids.ts'
import { MediaInfo } from './media.ts'
import { PriceBook } from './price-book.ts'
import { AssetState, JobState, MediaType, RenditionState, TaskState, UploadState } from './states.ts'
import { TaskInput, TaskOutput, TaskProgress } from './task-contract.ts'
import { WorkflowDefinition } from './workflow.ts'

/** Version of the document shapes below. Readers accept the previous one. */
export const documentSchemaVersion = 1

const time = z.iso.datetime()

/** Fields of every document. `_etag`, `_ts`, `_lsn` are Cosmos' own. */
const base = {
  id: z.string(),
  schemaVersion: z.int(),
  tenantId: z.string(),
  createdAt: time,
  updatedAt: time,
  /** Seconds; Cosmos removes the document that long after its last write. */
  ttl: z.int().optional(),
  _etag: z.string().optional(),
}

/** `library`: a file on its way in. Written by api; ingest turns it into an asset. */
export const UploadDocument = z.object({
  ...base,
  kind: z.literal('upload'),
  assetId: idSchema('ast'),
  state: UploadState,
  filename: z.string().optional(),
  contentType: z.string().optional(),
  sizeBytes: z.int().nonnegative().optional(),
  blob: z.string(),
  labels: z.record(z.string(), z.string()).default({}),
  expiresAt: time,
})
/** `library`: a file on its way in. */
export type UploadDocument = z.infer<typeof UploadDocument>

/** The stored source of an asset, pinned by the etag that ingest read. */
export const AssetSource = z.object({
  container: z.string(),
  blob: z.string(),
  etag: z.string(),
  sizeBytes: z.int().nonnegative(),
  /** By the first bytes of the file, not by what the uploader said. */
  contentType: z.string(),
  filename: z.string().optional(),
})
/** The stored source of an asset. */
export type AssetSource = z.infer<typeof AssetSource>

/** `library`: an asset. Created by ingest; state, media and playback by workflows; labels and deletion by api. */
export const AssetDocument = z.object({
  ...base,
  kind: z.literal('asset'),
  assetId: idSchema('ast'),
  state: AssetState,
  readyToPlay: z.boolean(),
  mediaType: MediaType,
  /** The job that ingest makes for it, minted with it. */
  jobId: idSchema('job'),
  source: AssetSource,
  labels: z.record(z.string(), z.string()).default({}),
  media: MediaInfo.optional(),
  playbackId: idSchema('pbk').optional(),
  /** While it is being deleted: when the sweep is to go on, because an upload URL is valid until then. */
  deletionDueAt: time.optional(),
  error: ErrorBody.optional(),
})
/** `library`: an asset. */
export type AssetDocument = z.infer<typeof AssetDocument>

/** `library`: something made of an asset. Its id derives from asset and name, so a new run replaces it. */
export const RenditionDocument = z.object({
  ...base,
  kind: z.literal('rendition'),
  assetId: idSchema('ast'),
  jobId: idSchema('job'),
  run: z.int().positive(),
  taskId: idSchema('tsk'),
  name: z.string(),
  renditionKind: z.enum(['image', 'poster', 'placeholder', 'package']),
  state: RenditionState,
  contentKey: z.string().optional(),
  /** The main file: the image; the HLS multivariant playlist of a package. Absent for a placeholder without file. */
  blob: z.string().optional(),
  contentType: z.string().optional(),
  /** All files together. */
  sizeBytes: z.int().nonnegative().optional(),
  fileCount: z.int().nonnegative().optional(),
  /** Folder of a package, and where its files are listed. */
  prefix: z.string().optional(),
  manifestBlob: z.string().optional(),
  media: MediaInfo.optional(),
  error: ErrorBody.optional(),
})
/** `library`: something made of an asset. */
export type RenditionDocument = z.infer<typeof RenditionDocument>

/** `jobs`: a job. Created once by api or ingest; after that only workflows writes it. */
export const JobDocument = z.object({
  ...base,
  kind: z.literal('job'),
  jobId: idSchema('job'),
  assetId: idSchema('ast'),
  mediaType: MediaType,
  source: AssetSource,
  workflow: z.object({ workflowId: z.string(), version: z.int().positive() }),
  state: JobState,
  waitingFor: z.enum(['paused', 'approval', 'budget']).optional(),
  run: z.int().positive(),
  /** The orchestration that claimed the run. */
  instanceId: z.string().optional(),
  startDueAt: time,
  startedAt: time.optional(),
  endedAt: time.optional(),
  nextLookAt: time.optional(),
  cancelRequestedAt: time.optional(),
  /** For people: what is being done, how far, and how long it will take. */
  progress: TaskProgress.optional(),
  cost: z.object({ amountNano: z.int().nonnegative(), currency: z.string() }).optional(),
  error: ErrorBody.optional(),
})
/** `jobs`: a job. */
export type JobDocument = z.infer<typeof JobDocument>

/** `jobs`: a task of a job. Written by workflows only. */
export const TaskDocument = z.object({
  ...base,
  kind: z.literal('task'),
  jobId: idSchema('job'),
  assetId: idSchema('ast'),
  run: z.int().positive(),
  step: z.string(),
  index: z.int().nonnegative(),
  /** Place in the plan: the probe is 0. */
  order: z.int().nonnegative(),
  /** Names the task within its job, such as `encode:720p`. */
  name: z.string(),
  operation: z.string(),
  queue: z.string(),
  optional: z.boolean(),
  parameters: z.record(z.string(), z.unknown()),
  needs: z.array(z.string()),
  inputs: z.array(TaskInput),
  state: TaskState,
  /** The instance to wake when it ends. */
  instanceId: z.string(),
  attempt: z.int().nonnegative(),
  failedAttempts: z.int().nonnegative(),
  lostAttempts: z.int().nonnegative(),
  notBefore: time.optional(),
  /** Set once its needs are met and its inputs are known: admission may send it. */
  readyAt: time.optional(),
  dispatchedAt: time.optional(),
  lastHeardAt: time.optional(),
  deadlineAt: time.optional(),
  startedAt: time.optional(),
  endedAt: time.optional(),
  progress: TaskProgress.optional(),
  contentKey: z.string().optional(),
  manifest: z.object({ container: z.string(), blob: z.string() }).optional(),
  outputs: z.array(TaskOutput).default([]),
  media: MediaInfo.optional(),
  facts: z.record(z.string(), z.unknown()).optional(),
  error: ErrorBody.optional(),
})
/** `jobs`: a task of a job. */
export type TaskDocument = z.infer<typeof TaskDocument>

/** `jobs`, copied by relay into `usage`: one meter of one task. */
export const UsageRecordDocument = z.object({
  ...base,
  kind: z.literal('usage'),
  jobId: idSchema('job'),
  assetId: idSchema('ast'),
  taskId: idSchema('tsk'),
  attempt: z.int().positive(),
  /** UTC day in which the task ended, `YYYY-MM-DD`. */
  day: z.string(),
  step: z.string(),
  operation: z.string(),
  engine: z.string(),
  meter: z.string(),
  quantity: z.int().nonnegative(),
  unit: z.string(),
  priceBookVersion: z.int(),
  amountNano: z.int().nonnegative(),
  currency: z.string(),
  billable: z.boolean(),
})
/** One meter of one task. */
export type UsageRecordDocument = z.infer<typeof UsageRecordDocument>

/** The outbox: written in the same partition and batch as the change it tells of; relay carries it on. */
export const EventDocument = z.object({
  ...base,
  kind: z.literal('event'),
  type: z.string(),
  assetId: idSchema('ast').optional(),
  jobId: idSchema('job').optional(),
  time,
  data: z.record(z.string(), z.unknown()),
})
/** The outbox: one event. */
export type EventDocument = z.infer<typeof EventDocument>

/** `catalog`: a tenant. */
export const TenantDocument = z.object({
  ...base,
  kind: z.literal('tenant'),
  name: z.string(),
  isActive: z.boolean(),
})
/** `catalog`: a tenant. */
export type TenantDocument = z.infer<typeof TenantDocument>

/** `catalog`: an API key. Only the sha256 of its secret is stored. */
export const ApiKeyDocument = z.object({
  ...base,
  kind: z.literal('apiKey'),
  name: z.string(),
  secretSha256: z.string(),
  revokedAt: time.optional(),
})
/** `catalog`: an API key. */
export type ApiKeyDocument = z.infer<typeof ApiKeyDocument>

/** `catalog`: one immutable version of a workflow. Id `{workflowId}.{version}`. */
export const WorkflowVersionDocument = z.object({
  ...base,
  kind: z.literal('workflowVersion'),
  workflowId: z.string(),
  version: z.int().positive(),
  name: z.string(),
  definition: WorkflowDefinition,
})
/** `catalog`: one immutable version of a workflow. */
export type WorkflowVersionDocument = z.infer<typeof WorkflowVersionDocument>

/** `catalog`: the prices of one version. Id `prices.{version}`. */
export const PriceBookDocument = z.object({ ...base, kind: z.literal('priceBook'), ...PriceBook.shape })
/** `catalog`: the prices of one version. */
export type PriceBookDocument = z.infer<typeof PriceBookDocument>

/** `catalog`: the answer to a write with an Idempotency-Key: created before the work, with the ids that the work will use. */
export const IdempotencyDocument = z.object({
  ...base,
  kind: z.literal('idempotency'),
  requestSha256: z.string(),
  ids: z.record(z.string(), z.string()),
  response: z.object({ status: z.int(), body: z.unknown() }).optional(),
})
/** `catalog`: the answer to a write with an Idempotency-Key. */
export type IdempotencyDocument = z.infer<typeof IdempotencyDocument>

/** `playback`: what a player's request needs, in one point read. */
export const PlaybackDocument = z.object({
  ...base,
  kind: z.literal('playback'),
  assetId: idSchema('ast'),
  policy: z.enum(['public', 'signed']),
  container: z.string(),
  /** Folder of the package; the files of the playback URL are relative to it. Absent on a tombstone. */
  prefix: z.string().optional(),
  state: z.enum(['active', 'deleted']),
})
/** `playback`: what a player's request needs. */
export type PlaybackDocument = z.infer<typeof PlaybackDocument>
