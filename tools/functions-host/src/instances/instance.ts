import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'

import type { Log } from '../logging/log.ts'
import type { FunctionWorker } from '../worker/function-worker.ts'
import type { SpawnWorker } from '../worker/worker-slot.ts'
import { WorkerSlot } from '../worker/worker-slot.ts'

/** How long after an instance was chosen the invocation that it was chosen for may come, ms. */
const chosenMs = 1000

/** What an instance needs. */
export interface InstanceOptions {
  /** From 1; what the log calls it. */
  readonly number: number
  readonly id: string
  readonly spawn: SpawnWorker
  readonly workerCount: number
  /** What the log calls its workers. */
  readonly workerName: string
  readonly log: Log
  /** Told of each of its workers that is there, with the time that its start took, ms. */
  readonly onReady: (worker: FunctionWorker, startMs: number) => void
}

/** Makes the id of an instance, as long as those of Azure. */
export function newInstanceId(): string {
  return randomBytes(32).toString('hex')
}

/** One copy of an app: its workers, and what they run. */
export class Instance {
  readonly number: number
  readonly id: string
  readonly startedAt = new Date()
  readonly #slots: readonly WorkerSlot[]
  #startMs: number | undefined
  #invocations = 0
  #running = 0
  #isEnding = false
  #chosenAt = Number.NEGATIVE_INFINITY

  /** Starts the workers: once, so that an app that cannot be loaded is a fault of `started`, or again and again. */
  constructor(options: InstanceOptions, { triesOnce }: { readonly triesOnce: boolean }) {
    const { number, id, spawn, workerCount, workerName: name, log } = options
    this.number = number
    this.id = id
    const onReady = (worker: FunctionWorker, startMs: number): void => {
      this.#startMs = Math.round(startMs)
      options.onReady(worker, this.#startMs)
    }
    this.#slots = Array.from(
      { length: workerCount },
      () => new WorkerSlot({ spawn, log, name, onReady }, { triesOnce }),
    )
  }

  /** Waits until all of its first workers run. @throws HostError when the app cannot be loaded */
  async started(signal?: AbortSignal): Promise<void> {
    const started = await Promise.allSettled(this.#slots.map((slot) => slot.started(signal)))
    const failed = started.find((result) => result.status === 'rejected')
    if (!failed) return
    await this.kill()
    throw failed.reason
  }

  /** Time that the last start of one of its workers took, ms; undefined while the first one starts. */
  get startMs(): number | undefined {
    return this.#startMs
  }

  /** Invocations that it was given so far. */
  get invocations(): number {
    return this.#invocations
  }

  /** Invocations that it has now. */
  get running(): number {
    return this.#running
  }

  /** Whether it takes nothing new. */
  get isEnding(): boolean {
    return this.#isEnding
  }

  /** Its workers that are there. */
  get workers(): readonly FunctionWorker[] {
    return this.#slots.flatMap(({ ready }) => ready ?? [])
  }

  /** Whether a worker is one of its own that is there. */
  has(worker: FunctionWorker): boolean {
    return this.#slots.some(({ ready }) => ready === worker)
  }

  /** The worker with the least to do, of those that are there. */
  get leastBusy(): WorkerSlot | undefined {
    let least: WorkerSlot | undefined
    for (const slot of this.#slots)
      if (slot.ready && (!least?.ready || slot.ready.running < least.ready.running)) least = slot
    return least
  }

  /** Takes nothing but what is given to its workers directly. */
  reserve(): void {
    this.#isEnding = true
  }

  /** It was chosen for an invocation, which is still to come. */
  choose(): void {
    this.#chosenAt = performance.now()
  }

  /** An invocation begins. */
  begin(): void {
    this.#running += 1
    this.#invocations += 1
  }

  /** An invocation has ended. */
  end(): void {
    this.#running -= 1
  }

  /** Waits until one of its workers is there. Rejects when it ends. */
  async ready(): Promise<void> {
    await Promise.any(this.#slots.map((slot) => slot.use()))
  }

  /** Takes nothing new, lets what it has end, and ends; at once when the signal comes. */
  async retire(graceMs: number, signal: AbortSignal): Promise<void> {
    this.#isEnding = true
    while (this.#running > 0 || performance.now() - this.#chosenAt < chosenMs)
      await delay(chosenMs / 10, undefined, { signal, ref: false })
    await this.close(graceMs)
  }

  /** Ends at once, for good; what it was running is lost. */
  async kill(): Promise<void> {
    this.#isEnding = true
    await Promise.all(this.#slots.map((slot) => slot.kill()))
  }

  /** Lets the app say goodbye, and ends. */
  async close(graceMs: number): Promise<void> {
    this.#isEnding = true
    await Promise.all(this.#slots.map((slot) => slot.close(graceMs)))
  }
}
