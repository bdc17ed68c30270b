import { longestTimerMs } from '../time/clock.ts'
import type { Log } from '../logging/log.ts'
import { formatTimeSpan } from '../time/time-span.ts'
import type { Invocation } from './protocol.ts'
import type { FunctionWorker, InvocationResult } from './function-worker.ts'
import type { SpawnWorker } from './worker-slot.ts'
import { WorkerSlot } from './worker-slot.ts'

/** What the pool needs of its app. */
export interface WorkerPoolOptions {
  readonly spawn: SpawnWorker
  readonly log: Log
  /** Number of workers, which share the invocations. */
  readonly workerCount: number
  /** Longest run of a function, ms; a function past it is killed with its worker. Infinity: none. */
  readonly functionTimeoutMs: number
  /** Gives up the start. */
  readonly signal?: AbortSignal | undefined
}

/** The workers of one app. Each is replaced when it dies, and the others go on. */
export class WorkerPool {
  readonly #options: WorkerPoolOptions
  readonly #slots: readonly WorkerSlot[]

  private constructor(options: WorkerPoolOptions, slots: readonly WorkerSlot[]) {
    this.#options = options
    this.#slots = slots
  }

  /** Starts all workers. @throws HostError when the app cannot be loaded */
  static async start(options: WorkerPoolOptions): Promise<{ pool: WorkerPool; worker: FunctionWorker }> {
    const started = await Promise.allSettled(
      Array.from({ length: options.workerCount }, () =>
        WorkerSlot.start(options.spawn, options.log, options.signal),
      ),
    )
    const slots = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    const failed = started.find((result) => result.status === 'rejected')
    if (failed) {
      await Promise.all(slots.map((slot) => slot.kill()))
      throw failed.reason
    }
    const pool = new WorkerPool(options, slots)
    return { pool, worker: await pool.current() }
  }

  /** The worker with the least to do, or the next one that is there. Rejects when the pool closes. */
  current(): Promise<FunctionWorker> {
    let least: WorkerSlot | undefined
    for (const slot of this.#slots) {
      const { ready } = slot
      if (ready && (!least?.ready || ready.running < least.ready.running)) least = slot
    }
    return least ? least.use() : Promise.any(this.#slots.map((slot) => slot.use()))
  }

  /** Runs a function on the worker with the least to do, or on a given one; past the time-out that is killed, and the result says so. */
  async invoke(invocation: Invocation, given?: FunctionWorker): Promise<InvocationResult> {
    const worker = given ?? (await this.current().catch(() => undefined))
    if (!worker) return { ok: false, lost: true, message: 'The host is closing.', stack: '' }
    if (!Number.isFinite(this.#options.functionTimeoutMs)) return worker.invoke(invocation)
    const limit = formatTimeSpan(this.#options.functionTimeoutMs)
    let hasTimedOut = false
    const timer = setTimeout(
      () => {
        hasTimedOut = true
        this.#options.log(
          'error',
          `Timeout value of ${limit} exceeded by function 'Functions.${invocation.functionId}' (Id: '${invocation.invocationId}'). Initiating cancellation.`,
        )
        worker.kill()
      },
      Math.min(this.#options.functionTimeoutMs, longestTimerMs),
    )
    const result = await worker.invoke(invocation)
    clearTimeout(timer)
    // The function's own fault, so it counts as a failure; whatever else that worker was running is lost.
    return hasTimedOut && !result.ok
      ? {
          ok: false,
          stack: '',
          message: `Timeout value of ${limit} was exceeded by function: Functions.${invocation.functionId}`,
        }
      : result
  }

  /** Ends the workers at once, and for good; what they were running is lost. */
  async kill(): Promise<void> {
    await Promise.all(this.#slots.map((slot) => slot.kill()))
  }

  /** Ends the workers. */
  async close(graceMs: number): Promise<void> {
    await Promise.all(this.#slots.map((slot) => slot.close(graceMs)))
  }
}
