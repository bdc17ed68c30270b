import { availableParallelism } from 'node:os'

import { toZoetropeError } from '@zoetrope/contracts'

import type { MediaChild } from './child-process.ts'
import { startChild } from './child-process.ts'
import type { ChildJob, ChildProgress, ChildResult } from './child-protocol.ts'

/** One run in the pool. */
export interface PoolRun {
  /** Ends the run, waiting or working, with its reason. */
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: ChildProgress) => void
}

/** Child processes for native code: one that crashes, hangs or takes too much is killed and replaced. */
export interface ChildPool extends AsyncDisposable {
  /**
   * Runs a job in the next free child; waits in order of arrival.
   *
   * @throws MEDIA_PROCESS_CRASHED, TASK_TIMEOUT, the signal's reason, and what the operation throws
   */
  run(job: ChildJob, run?: PoolRun): Promise<ChildResult>
  /** Kills all children. */
  close(): void
}

/** How a pool is made. */
export interface ChildPoolOptions {
  /** The program of a child: it calls `serveChild`. See {@link childEntry}. */
  readonly entry: URL
  /** Children at most; as many as there are processors by default. */
  readonly size?: number
  /** A run that takes longer is killed. */
  readonly killAfterMs: number
  readonly maxResidentBytes?: number
  /** A child that neither works nor says anything for so long is killed; a minute by default. */
  readonly stalledMs?: number
  /** A child is replaced after so many runs, so that what a codec leaks does not add up. */
  readonly maxRuns?: number
}

/** Makes a pool. The first child starts with the first run and stays warm. */
export function createChildPool(options: ChildPoolOptions): ChildPool {
  const size = options.size ?? availableParallelism()
  const maxRuns = options.maxRuns ?? 500
  const maxResidentBytes = options.maxResidentBytes ?? 2 * 2 ** 30
  const stalledMs = options.stalledMs ?? 60_000
  const idle: { readonly child: MediaChild; readonly runs: number }[] = []
  const all = new Set<MediaChild>()
  const waiting: (() => void)[] = []
  let busy = 0

  const freePlace = (): void => {
    const next = waiting.shift()
    if (next) next()
    else busy -= 1
  }
  const acquire = async (signal?: AbortSignal): Promise<{ child: MediaChild; runs: number }> => {
    if (signal?.aborted) throw toZoetropeError(signal.reason)
    if (busy >= size) await waitForTurn(waiting, signal)
    else busy += 1
    for (let spare = idle.pop(); spare; spare = idle.pop()) {
      if (spare.child.isAlive) return spare
      all.delete(spare.child)
    }
    try {
      const child = startChild(options.entry)
      all.add(child)
      return { child, runs: 0 }
    } catch (error) {
      // No memory for another process, say: the place must not be lost with the child that never was.
      freePlace()
      throw error
    }
  }
  const release = (child: MediaChild, runs: number): void => {
    if (child.isAlive && runs < maxRuns) idle.push({ child, runs })
    else {
      child.kill()
      all.delete(child)
    }
    freePlace()
  }
  const close = (): void => {
    for (const child of all) child.kill()
    all.clear()
    idle.length = 0
  }
  return {
    async run(job, run = {}) {
      const { child, runs } = await acquire(run.signal)
      try {
        if (run.signal?.aborted) throw toZoetropeError(run.signal.reason)
        return await child.run(job, { ...run, killAfterMs: options.killAfterMs, maxResidentBytes, stalledMs })
      } finally {
        release(child, runs + 1)
      }
    },
    close,
    async [Symbol.asyncDispose]() {
      close()
    },
  }
}

/** Waits in line; one that gives up leaves the line. */
async function waitForTurn(waiting: (() => void)[], signal: AbortSignal | undefined): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const leave = (): void => {
    const place = waiting.indexOf(resolve)
    if (place >= 0) waiting.splice(place, 1)
    reject(toZoetropeError(signal?.reason))
  }
  waiting.push(resolve)
  signal?.addEventListener('abort', leave)
  await promise.finally(() => signal?.removeEventListener('abort', leave))
}
