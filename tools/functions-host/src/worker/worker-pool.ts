import type { Log } from '../logging/log.ts'
import { formatTimeSpan } from '../time/time-span.ts'
import type { FunctionWorker, InvocationResult } from './function-worker.ts'
import type { Invocation } from './protocol.ts'
import { TimeLimit } from './time-limit.ts'
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
  readonly #timeLimit: TimeLimit
  /** The limit as the log names it. */
  readonly #limitText: string

  private constructor(options: WorkerPoolOptions, slots: readonly WorkerSlot[]) {
    this.#options = options
    this.#slots = slots
    const { functionTimeoutMs } = options
    this.#timeLimit = new TimeLimit(functionTimeoutMs)
    this.#limitText = Number.isFinite(functionTimeoutMs) ? formatTimeSpan(functionTimeoutMs) : ''
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
  current(): FunctionWorker | Promise<FunctionWorker> {
    let least: WorkerSlot | undefined
    for (const slot of this.#slots) {
      const { ready } = slot
      if (ready && (!least?.ready || ready.running < least.ready.running)) least = slot
    }
    return least?.useNow() ?? Promise.any(this.#slots.map((slot) => slot.use()))
  }

  /** The same; undefined when the pool closes. */
  async currentIfAny(): Promise<FunctionWorker | undefined> {
    try {
      return await this.current()
    } catch {
      return undefined
    }
  }

  /** Runs a function on the worker with the least to do, or on a given one; past the time-out that is killed, and the result says so. */
  async invoke(invocation: Invocation, given?: FunctionWorker): Promise<InvocationResult> {
    const current = given ?? this.current()
    const worker = current instanceof Promise ? await current.catch(() => undefined) : current
    if (!worker) return { ok: false, lost: true, message: 'The host is closing.', stack: '' }
    let hasTimedOut = false
    const run = this.#timeLimit.begin(() => {
      hasTimedOut = true
      this.#options.log(
        'error',
        `Timeout value of ${this.#limitText} exceeded by function 'Functions.${invocation.functionId}' (Id: '${invocation.invocationId}'). Initiating cancellation.`,
      )
      worker.kill()
    })
    const result = await worker.invoke(invocation)
    this.#timeLimit.end(run)
    // The function's own fault, so it counts as a failure; whatever else that worker was running is lost.
    return hasTimedOut && !result.ok
      ? {
          ok: false,
          stack: '',
          message: `Timeout value of ${this.#limitText} was exceeded by function: Functions.${invocation.functionId}`,
        }
      : result
  }

  /** Ends the workers at once, and for good; what they were running is lost. */
  async kill(): Promise<void> {
    await Promise.all(this.#slots.map((slot) => slot.kill()))
    this.#timeLimit.close()
  }

  /** Ends the workers. */
  async close(graceMs: number): Promise<void> {
    await Promise.all(this.#slots.map((slot) => slot.close(graceMs)))
    this.#timeLimit.close()
  }
}
