import { z } from 'zod'

import { ErrorBody } from './errors.ts'
import { idSchema } from './ids.ts'
import { MediaInfo } from './media.ts'

/** Version of the task contract that this product speaks. */
export const taskContractVersion = 1

/** One input of a task: a blob in our storage, pinned by its etag. `name` is what the operation calls it. */
export const TaskInput = z.object({
  name: z.string(),
  container: z.string().default('renditions'),
  blob: z.string(),
  etag: z.string().optional(),
  contentType: z.string(),
  sizeBytes: z.int().nonnegative(),
  /** sha256 of the bytes, where a probe has read them. */
  fingerprint: z.string().optional(),
})
/** One input of a task. */
export type TaskInput = z.infer<typeof TaskInput>

/** What a worker is sent. Under 48 KB; ids and blob names instead of content. */
export const TaskMessage = z.object({
  contractVersion: z.literal(taskContractVersion),
  taskId: idSchema('tsk'),
  attempt: z.int().positive(),
  jobId: idSchema('job'),
  run: z.int().positive(),
  tenantId: idSchema('ten'),
  operation: z.string(),
  parameters: z.record(z.string(), z.unknown()),
  inputs: z.array(TaskInput),
  output: z.object({ container: z.string(), prefix: z.string() }),
  /** Blob whose existence tells the worker to stop; looked at between pieces. */
  cancelBlob: z.object({ container: z.string(), blob: z.string() }),
  deadlineAt: z.iso.datetime(),
  traceparent: z.string().optional(),
})
/** What a worker is sent. */
export type TaskMessage = z.infer<typeof TaskMessage>

/** One file that a task made. */
export const TaskOutput = z.object({
  name: z.string(),
  blob: z.string(),
  contentType: z.string(),
  sizeBytes: z.int().nonnegative(),
  sha256: z.string(),
  media: MediaInfo.default({}),
})
/** One file that a task made. */
export type TaskOutput = z.infer<typeof TaskOutput>

/** One metered quantity of a task: an integer in the meter's smallest unit. */
export const TaskUsage = z.object({
  meter: z.string(),
  quantity: z.int().nonnegative(),
  unit: z.string(),
  billable: z.boolean(),
})
/** One metered quantity of a task. */
export type TaskUsage = z.infer<typeof TaskUsage>

/** How far a task is. Percent 0..100. */
export const TaskProgress = z.object({
  phase: z.string(),
  percent: z.number().min(0).max(100),
  etaSeconds: z.number().nonnegative().optional(),
})
/** How far a task is. */
export type TaskProgress = z.infer<typeof TaskProgress>

/** What a worker answers on `task-results`. */
export const TaskResult = z.object({
  contractVersion: z.literal(taskContractVersion),
  taskId: idSchema('tsk'),
  attempt: z.int().positive(),
  jobId: idSchema('job'),
  run: z.int().positive(),
  tenantId: idSchema('ten'),
  outcome: z.enum(['succeeded', 'failed', 'skipped', 'progress']),
  /** Content key of what was made; names `renditions/{tenantId}/{contentKey}/manifest.json`. */
  contentKey: z.string().optional(),
  /** A blob that holds the list of outputs, where it would not fit into the message. */
  manifest: z.object({ container: z.string(), blob: z.string() }).optional(),
  outputs: z.array(TaskOutput).default([]),
  /** What the operation found out about its source (probes). */
  media: MediaInfo.optional(),
  /** Operation-specific facts that later steps plan with (probes: tracks and fingerprint). */
  facts: z.record(z.string(), z.unknown()).optional(),
  usage: z.array(TaskUsage).default([]),
  error: ErrorBody.optional(),
  progress: TaskProgress.optional(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
})
/** What a worker answers on `task-results`. */
export type TaskResult = z.infer<typeof TaskResult>

/** `manifest.json` beside the files of one content key: the winner's files, its task and its usage. */
export const RenditionManifest = z.object({
  contractVersion: z.literal(taskContractVersion),
  contentKey: z.string(),
  executionId: z.string(),
  taskId: idSchema('tsk'),
  operation: z.string(),
  operationVersion: z.string(),
  outputs: z.array(TaskOutput),
  media: MediaInfo.optional(),
  facts: z.record(z.string(), z.unknown()).optional(),
  usage: z.array(TaskUsage),
  createdAt: z.iso.datetime(),
})
/** `manifest.json` beside the files of one content key. */
export type RenditionManifest = z.infer<typeof RenditionManifest>
