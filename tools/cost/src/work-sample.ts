import { readFileSync } from 'node:fs'

import { z } from 'zod'

const AppWork = z.object({
  /** Runs of its functions. */
  executions: z.number().nonnegative(),
  /** Their wall time together, on the machine that measured, seconds. */
  seconds: z.number().nonnegative(),
})

const WorkSample = z.object({
  /** What was done once: `a photo of 3 MP`, `a minute of 720p video`. */
  what: z.string(),
  /** What each app did, by name. */
  apps: z.record(z.string(), AppWork),
  blob: z.object({ writes: z.number(), reads: z.number() }),
  queueOperations: z.number(),
  /** Charged by the primary and the replica account. */
  requestUnits: z.object({ primary: z.number(), replica: z.number() }),
  /** Messages that the durable back end hands to the app. */
  durableActions: z.number(),
  storageEvents: z.number(),
  logBytes: z.number(),
  storedBytes: z.object({ blobs: z.number(), documents: z.number() }),
})
/** What one piece of work takes, measured. */
export type WorkSample = z.infer<typeof WorkSample>

const WorkSamples = z.object({
  measuredOn: z.string(),
  /** Processor cores of the machine that measured: native work is taken to scale with them. */
  cores: z.number().positive(),
  photo: WorkSample,
  videoMinute: WorkSample,
})
/** What the work of the product takes, measured on one machine. */
export type WorkSamples = z.infer<typeof WorkSamples>

/** Reads measured work. @throws Error naming the file and what is wrong in it */
export function readWorkSamples(file: string): WorkSamples {
  const parsed = WorkSamples.safeParse(JSON.parse(readFileSync(file, 'utf8')))
  if (!parsed.success) throw new Error(`${file} holds no measured work: ${z.prettifyError(parsed.error)}`)
  return parsed.data
}
