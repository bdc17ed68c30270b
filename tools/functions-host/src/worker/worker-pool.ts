import { setTimeout as delay } from 'node:timers/promises'

import type { Log } from '../log.ts'
import { formatTimeSpan } from '../time-span.ts'
import type { Invocation } from './protocol.ts'
import type { FunctionWorker, InvocationResult } from './function-worker.ts'

/** Starts one worker; `onExit` is told once, with the reason, when it has ended. @throws HostError when the app cannot be loaded */
export type SpawnWorker = (onExit: (reason: string) => void) => Promise<FunctionWorker>

/** What the pool needs of its app. */
export interface WorkerPoolOptions {
  readonly spawn: SpawnWorker
  readonly log: Log
  /** Longest run of a function, ms; a function past it is killed with its worker. Infinity: none. */
  readonly functionTimeoutMs: number
}

const firstRestartMs = 100
const longestRestartMs = 10_000

/** The worker of one app, replaced when it dies. */
export class WorkerPool {
  readonly #options: WorkerPoolOptions
  #worker: Promise<FunctionWorker>
  readonly #closing = new AbortController()
  #failures = 0

  private constructor(options: WorkerPoolOptions, worker: Promise<FunctionWorker>) {
    this.#options = options
    this.#worker = worker
  }

  /** Starts the first worker. @throws HostError when the app cannot be loaded */
  static async start(options: WorkerPoolOptions): Promise<{ pool: WorkerPool; worker: FunctionWorker }> {
    const holder: { pool?: WorkerPool } = {}
    const worker = await spawnLoaded(options.spawn, (reason) => holder.pool?.replace(reason))
    const pool = new WorkerPool(options, Promise.resolve(worker))
    holder.pool = pool
    return { pool, worker }
  }

  /** The worker that runs now, or the next one once it is there. */
  current(): Promise<FunctionWorker> {
    return this.#worker
  }

  /** Runs a function on the worker; past the time-out the worker is killed, and the result says so. */
  async invoke(invocation: Invocation): Promise<InvocationResult> {
    const worker = await this.#worker.catch(() => undefined)
    if (!worker) return { ok: false, lost: true, message: 'The host is closing.', stack: '' }
    if (!Number.isFinite(this.#options.functionTimeoutMs)) return worker.invoke(invocation)
    const limit = formatTimeSpan(this.#options.functionTimeoutMs)
    let hasTimedOut = false
    const timer = setTimeout(() => {
      hasTimedOut = true
      this.#options.log(
        'error',
        `Timeout value of ${limit} exceeded by function 'Functions.${invocation.functionId}' (Id: '${invocation.invocationId}'). Initiating cancellation.`,
      )
      worker.kill()
    }, this.#options.functionTimeoutMs)
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

  /** Starts the next worker after one has died, with back-off. */
  replace(reason: string): void {
    if (this.#closing.signal.aborted) return
    this.#options.log('warning', `The worker ended (${reason}); another one starts.`)
    this.#worker = this.#startAgain()
    // Whoever needs a worker hears of it; with nobody waiting it is no fault.
    this.#worker.catch(() => {})
  }

  /** Ends the worker at once, and for good; what it was running is lost. */
  async kill(): Promise<void> {
    this.#closing.abort()
    const worker = await this.#worker.catch(() => undefined)
    worker?.kill()
  }

  /** Ends the worker. */
  async close(graceMs: number): Promise<void> {
    this.#closing.abort()
    const worker = await this.#worker.catch(() => undefined)
    await worker?.close(graceMs)
  }

  async #startAgain(): Promise<FunctionWorker> {
    for (;;) {
      const { signal } = this.#closing
      await delay(Math.min(firstRestartMs * 2 ** this.#failures, longestRestartMs), undefined, { signal })
      try {
        const worker = await spawnLoaded(this.#options.spawn, (reason) => this.replace(reason))
        this.#failures = 0
        return worker
      } catch (error) {
        if (signal.aborted) throw error
        this.#failures += 1
        this.#options.log('error', `The worker did not start: ${(error as Error).message}`)
      }
    }
  }
}

/** Starts a worker whose end is reported only once it has loaded: before that the start itself fails. */
async function spawnLoaded(spawn: SpawnWorker, onExit: (reason: string) => void): Promise<FunctionWorker> {
  let hasLoaded = false
  const worker = await spawn((reason) => hasLoaded && onExit(reason))
  hasLoaded = true
  return worker
}
