import { setTimeout as delay } from 'node:timers/promises'

import type { Log } from '../logging/log.ts'
import type { FunctionWorker } from './function-worker.ts'

/**
 * Starts one worker; `onExit` is told once, with the reason, when it has ended. The signal gives the start up, which may never end by
 * itself. @throws HostError when the app cannot be loaded
 */
export type SpawnWorker = (onExit: (reason: string) => void, signal: AbortSignal) => Promise<FunctionWorker>

const firstRestartMs = 100
const longestRestartMs = 10_000
/** A worker that ends by itself any sooner is one that did not start, ms. */
const soundAfterMs = 1000

/** The place of one worker, which is replaced when it dies, with back-off. */
export class WorkerSlot {
  readonly #spawn: SpawnWorker
  readonly #log: Log
  readonly #closing = new AbortController()
  #next: Promise<FunctionWorker>
  #ready: FunctionWorker | undefined
  #startedAt = 0
  #isUsed = false
  #failures = 0

  private constructor(spawn: SpawnWorker, log: Log) {
    this.#spawn = spawn
    this.#log = log
    this.#next = this.#start()
  }

  /** Starts the first worker, unless the signal comes first. @throws HostError when the app cannot be loaded */
  static async start(spawn: SpawnWorker, log: Log, signal?: AbortSignal): Promise<WorkerSlot> {
    const slot = new WorkerSlot(spawn, log)
    const giveUp = (): void => slot.#closing.abort()
    if (signal?.aborted) giveUp()
    signal?.addEventListener('abort', giveUp)
    try {
      await slot.#next
    } finally {
      signal?.removeEventListener('abort', giveUp)
    }
    return slot
  }

  /** The worker that runs now; undefined while the next one starts. */
  get ready(): FunctionWorker | undefined {
    return this.#ready
  }

  /** The worker that runs now, if there is one, for an invocation. */
  useNow(): FunctionWorker | undefined {
    this.#isUsed = true
    return this.#ready
  }

  /** The worker that runs now, or the next one once it is there, for an invocation. Rejects when the slot closes. */
  async use(): Promise<FunctionWorker> {
    const worker = await this.#next
    this.#isUsed = true
    return worker
  }

  /** Ends the worker at once, and for good; what it was running is lost. */
  async kill(): Promise<void> {
    this.#closing.abort()
    const worker = await this.#next.catch(() => undefined)
    worker?.kill()
  }

  /** Ends the worker, for good. */
  async close(graceMs: number): Promise<void> {
    this.#closing.abort()
    const worker = await this.#next.catch(() => undefined)
    await worker?.close(graceMs)
  }

  async #start(): Promise<FunctionWorker> {
    let hasLoaded = false
    // The end of one that has not loaded yet is the failure of its start.
    const worker = await this.#spawn((reason) => {
      if (hasLoaded) this.#replace(reason)
    }, this.#closing.signal)
    hasLoaded = true
    this.#startedAt = performance.now()
    this.#isUsed = false
    this.#ready = worker
    return worker
  }

  #replace(reason: string): void {
    this.#ready = undefined
    if (this.#closing.signal.aborted) return
    this.#log('warning', `The worker ended (${reason}); another one starts.`)
    // What a function does to its worker is the business of whoever tries it again.
    const isSound = this.#isUsed || performance.now() - this.#startedAt > soundAfterMs
    this.#failures = isSound ? 0 : this.#failures + 1
    this.#next = this.#startAgain()
    // Whoever needs a worker hears of it; with nobody waiting it is no fault.
    this.#next.catch(() => {})
  }

  async #startAgain(): Promise<FunctionWorker> {
    const { signal } = this.#closing
    for (;;) {
      await delay(Math.min(firstRestartMs * 2 ** this.#failures, longestRestartMs), undefined, { signal })
      try {
        return await this.#start()
      } catch (error) {
        if (signal.aborted) throw error
        this.#failures += 1
        this.#log('error', `The worker did not start: ${(error as Error).message}`)
      }
    }
  }
}
