import { z } from 'zod'

/** States of an upload. */
export const UploadState = z.enum(['created', 'uploading', 'completed', 'expired', 'canceled', 'failed'])
/** States of an upload. */
export type UploadState = z.infer<typeof UploadState>

/** States of an asset. `deleted` is a tombstone. */
export const AssetState = z.enum(['pending', 'processing', 'ready', 'failed', 'deleting', 'deleted'])
/** States of an asset. */
export type AssetState = z.infer<typeof AssetState>

/** States of a job. `partial`: at least one rendition ready and one failed. */
export const JobState = z.enum(['queued', 'running', 'waiting', 'succeeded', 'partial', 'failed', 'canceled'])
/** States of a job. */
export type JobState = z.infer<typeof JobState>

/** States of a task. `skipped` is not an error. */
export const TaskState = z.enum([
  'pending',
  'dispatched',
  'running',
  'succeeded',
  'failed',
  'skipped',
  'canceled',
])
/** States of a task. */
export type TaskState = z.infer<typeof TaskState>

/** States of a rendition. */
export const RenditionState = z.enum(['queued', 'processing', 'ready', 'failed', 'skipped', 'deleted'])
/** States of a rendition. */
export type RenditionState = z.infer<typeof RenditionState>

/** What a source is, by its bytes. */
export const MediaType = z.enum(['image', 'video', 'audio', 'pdf', 'unknown'])
/** What a source is, by its bytes. */
export type MediaType = z.infer<typeof MediaType>
