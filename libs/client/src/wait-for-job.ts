import type { AssetBody, JobBody } from '@zoetrope/contracts'
import { err } from '@zoetrope/contracts'

import { isApiProblem } from './api-problem.ts'
import type { ZoetropeClient } from './client.ts'

/** Options of the waiting functions. */
export interface WaitOptions {
  readonly intervalMs?: number
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

const endStates: ReadonlySet<string> = new Set(['succeeded', 'partial', 'failed', 'canceled'])

/** Says whether a job has ended. */
export function isEnded(job: JobBody): boolean {
  return endStates.has(job.state)
}

/** Waits until an uploaded file has become an asset. */
export async function waitForAsset(
  client: ZoetropeClient,
  assetId: string,
  options: WaitOptions = {},
): Promise<AssetBody> {
  return poll(options, `asset ${assetId}`, async () => {
    try {
      return await client.getAsset(assetId, { signal: options.signal })
    } catch (error) {
      if (isApiProblem(error, 'ASSET_NOT_FOUND')) return undefined
      throw error
    }
  })
}

/** Waits until a job has ended; `onProgress` gets the job at every look. */
export async function waitForJob(
  client: ZoetropeClient,
  jobId: string,
  options: WaitOptions & { readonly onProgress?: (job: JobBody) => void } = {},
): Promise<JobBody> {
  return poll(options, `job ${jobId}`, async () => {
    try {
      const job = await client.getJob(jobId, { signal: options.signal })
      options.onProgress?.(job)
      return isEnded(job) ? job : undefined
    } catch (error) {
      // The asset is written before its job.
      if (isApiProblem(error, 'JOB_NOT_FOUND')) return undefined
      throw error
    }
  })
}

/** Looks until there is an answer. A service that is away for a moment is looked at again. */
async function poll<T>(
  { intervalMs = 500, timeoutMs = Number.POSITIVE_INFINITY, signal }: WaitOptions,
  what: string,
  look: () => Promise<T | undefined>,
): Promise<T> {
  const deadlineMs = Date.now() + timeoutMs
  let lastError: unknown
  for (;;) {
    signal?.throwIfAborted()
    try {
      const found = await look()
      if (found !== undefined) return found
    } catch (error) {
      if (isApiProblem(error) && !error.problem.retry) throw error
      // Not the network, but an answer that is not what the API promises.
      if (error instanceof Error && error.name === 'ZodError') throw error
      lastError = error
    }
    if (Date.now() + intervalMs > deadlineMs) {
      throw err('TASK_TIMEOUT', { detail: `Waiting for ${what} took too long.`, cause: lastError })
    }
    await new Promise((resolve) => setTimeout(resolve, intervalMs))
  }
}
