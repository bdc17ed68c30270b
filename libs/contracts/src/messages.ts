import { z } from 'zod'

import { idSchema } from './ids.ts'

/** `Microsoft.Storage.BlobCreated` as CloudEvents 1.0, as Event Grid puts it on the `media-events` queue. */
export const BlobCreatedEvent = z.object({
  specversion: z.literal('1.0'),
  id: z.string(),
  source: z.string(),
  type: z.string(),
  /** `/blobServices/default/containers/{container}/blobs/{blob}` */
  subject: z.string(),
  time: z.string(),
  data: z
    .object({
      api: z.string().optional(),
      eTag: z.string().optional(),
      contentLength: z.number().optional(),
      contentType: z.string().optional(),
      url: z.string(),
    })
    .loose(),
})
/** `Microsoft.Storage.BlobCreated` as CloudEvents 1.0. */
export type BlobCreatedEvent = z.infer<typeof BlobCreatedEvent>

/** On `job-starts`: run this job. */
export const JobStartMessage = z.object({
  tenantId: idSchema('ten'),
  jobId: idSchema('job'),
  run: z.int().positive(),
  traceparent: z.string().optional(),
})
/** On `job-starts`: run this job. */
export type JobStartMessage = z.infer<typeof JobStartMessage>

/** On `job-commands`. One for another run is dropped. */
export const JobCommandMessage = z.object({
  commandId: z.string(),
  command: z.enum(['cancel', 'pause', 'resume', 'approve', 'retry']),
  tenantId: idSchema('ten'),
  jobId: idSchema('job'),
  run: z.int().positive(),
  step: z.string().optional(),
  traceparent: z.string().optional(),
})
/** On `job-commands`. */
export type JobCommandMessage = z.infer<typeof JobCommandMessage>
