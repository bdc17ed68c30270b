import type { Clock } from '../time/clock.ts'

/** Runs keyed work, so many at a time, and never one key twice at once; a key that is added while it runs is run again afterwards. */
export class WorkQueue<K> {
  readonly #limit: () => number
  readonly #clock: Clock
  /** Does the work; a number means: again after so many milliseconds. */
  readonly #work: (key: K, tries: number) => Promise<number | undefined>
  readonly #waiting = new Set<K>()
  readonly #running = new Set<K>()
  readonly #again = new Set<K>()
  readonly #tries = new Map<K, number>()
  readonly #stop = new AbortController()
  #isOpen = false
  #onIdle: (() => void)[] = []

  constructor(
    { limit, clock }: { limit: () => number; clock: Clock },
    work: (key: K, tries: number) => Promise<number | undefined>,
  ) {
    this.#limit = () => Math.max(1, limit())
    this.#clock = clock
    this.#work = work
  }

  open(): void {
    this.#isOpen = true
    this.#pump()
  }

  /** Starts nothing more. */
  stop(): void {
    this.#isOpen = false
    this.#stop.abort()
  }

  /** Starts nothing more and resolves when what runs has ended. */
  async drain(): Promise<void> {
    this.stop()
    if (this.#running.size > 0) await new Promise<void>((resolve) => this.#onIdle.push(resolve))
  }

  add(key: K): void {
    if (this.#running.has(key)) this.#again.add(key)
    else this.#waiting.add(key)
    this.#pump()
  }

  /** How many keys are worked on, or would be at once if there were room; not those that wait for a time. */
  get size(): number {
    return this.#waiting.size + this.#running.size
  }

  /** Whether a key would be worked on within a moment. */
  canStart(key: K): boolean {
    const isFree = !this.#running.has(key) && !this.#tries.has(key)
    return this.#isOpen && isFree && this.#waiting.size < this.#limit()
  }

  #pump(): void {
    while (this.#isOpen && this.#running.size < this.#limit()) {
      const [key] = this.#waiting
      if (key === undefined) return
      this.#waiting.delete(key)
      this.#running.add(key)
      void this.#run(key)
    }
  }

  async #addAfter(key: K, delayMs: number): Promise<void> {
    if (await this.#clock.delay(delayMs, this.#stop.signal)) this.add(key)
  }

  // Work looks after its own failures; what is left is a disk that cannot be read just now.
  async #tryWork(key: K, tries: number): Promise<number | undefined> {
    try {
      return await this.#work(key, tries)
    } catch {
      return lostWorkerDelayMs(tries)
    }
  }

  async #run(key: K): Promise<void> {
    const tries = this.#tries.get(key) ?? 0
    const againAfterMs = await this.#tryWork(key, tries)
    this.#running.delete(key)
    if (againAfterMs === undefined) this.#tries.delete(key)
    else {
      this.#tries.set(key, tries + 1)
      this.#again.delete(key)
      void this.#addAfter(key, againAfterMs)
    }
    if (this.#again.delete(key)) this.#waiting.add(key)
    this.#pump()
    if (this.#running.size > 0) return
    for (const resolve of this.#onIdle) resolve()
    this.#onIdle = []
  }
}

/** How long to wait before work whose worker was lost is done again. */
export function lostWorkerDelayMs(tries: number): number {
  return Math.min(50 * 2 ** tries, 10_000)
}
