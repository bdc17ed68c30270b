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

/** What the place of a worker needs. */
export interface WorkerSlotOptions {
  readonly spawn: SpawnWorker
  readonly log: Log
  /** What the log calls its worker, such as `The worker of instance 2`. */
  readonly name: string
  /** Told of each worker as soon as it is there, with the time that its start took, ms. */
  readonly onReady?: (worker: FunctionWorker, startMs: number) => void
}

/** The place of one worker, which is replaced when it dies, with back-off. */
export class WorkerSlot {
  readonly #options: WorkerSlotOptions
  readonly #closing = new AbortController()
  #next: Promise<FunctionWorker>
  #ready: FunctionWorker | undefined
  #startedAt = 0
  #isUsed = false
  #failures = 0

  /** Starts a worker: once, or again and again until it runs. */
  constructor(options: WorkerSlotOptions, { triesOnce }: { readonly triesOnce: boolean }) {
    this.#options = options
    this.#next = triesOnce ? this.#start() : this.#startUntilItDoes()
    // Whoever needs a worker hears of it; with nobody waiting it is no fault.
    this.#next.catch(() => {})
  }

  /** Waits for the first worker, and gives it up when the signal comes first. @throws HostError when the app cannot be loaded */
  async started(signal?: AbortSignal): Promise<void> {
    const giveUp = (): void => this.#closing.abort()
    if (signal?.aborted) giveUp()
    signal?.addEventListener('abort', giveUp)
    try {
      await this.#next
    } finally {
      signal?.removeEventListener('abort', giveUp)
    }
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
    const beganMs = performance.now()
    // The end of one that has not loaded yet is the failure of its start.
    const worker = await this.#options.spawn((reason) => {
      if (hasLoaded) this.#replace(reason)
    }, this.#closing.signal)
    hasLoaded = true
    this.#startedAt = performance.now()
    this.#isUsed = false
    this.#ready = worker
    this.#options.onReady?.(worker, this.#startedAt - beganMs)
    return worker
  }

  #replace(reason: string): void {
    this.#ready = undefined
    if (this.#closing.signal.aborted) return
    this.#options.log('warning', `${this.#options.name} ended (${reason}); another one starts.`)
    // What a function does to its worker is the business of whoever tries it again.
    const isSound = this.#isUsed || performance.now() - this.#startedAt > soundAfterMs
    this.#failures = isSound ? 0 : this.#failures + 1
    this.#next = this.#startAgain()
    // Whoever needs a worker hears of it; with nobody waiting it is no fault.
    this.#next.catch(() => {})
  }

  async #startAgain(): Promise<FunctionWorker> {
    await this.#backOff()
    return this.#startUntilItDoes()
  }

  async #startUntilItDoes(): Promise<FunctionWorker> {
    for (;;) {
      try {
        return await this.#start()
      } catch (error) {
        if (this.#closing.signal.aborted) throw error
        this.#failures += 1
        this.#options.log('error', `${this.#options.name} did not start: ${(error as Error).message}`)
        await this.#backOff()
      }
    }
  }

  async #backOff(): Promise<void> {
    const delayMs = Math.min(firstRestartMs * 2 ** this.#failures, longestRestartMs)
    await delay(delayMs, undefined, { signal: this.#closing.signal })
  }
}
