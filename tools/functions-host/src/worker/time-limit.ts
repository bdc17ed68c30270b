import { longestTimerMs } from '../time/clock.ts'

/** A run whose time is limited. */
export interface LimitedRun {
  readonly startedMs: number
  /** Called once when the run has taken too long. */
  readonly onLate: () => void
}

/** Limits how long runs may take, with one timer for all of them: who began first is late first. */
export class TimeLimit {
  readonly #limitMs: number
  /** In the order in which they began. */
  readonly #runs = new Set<LimitedRun>()
  #timer: NodeJS.Timeout | undefined

  /** `limitMs`: Infinity for none. */
  constructor(limitMs: number) {
    this.#limitMs = limitMs
  }

  /** A run begins. */
  begin(onLate: () => void): LimitedRun {
    const run = { startedMs: performance.now(), onLate }
    if (!Number.isFinite(this.#limitMs)) return run
    this.#runs.add(run)
    if (!this.#timer) this.#wait(this.#limitMs)
    return run
  }

  /** A run has ended. The timer is left to run out: most runs end long before it. */
  end(run: LimitedRun): void {
    this.#runs.delete(run)
  }

  /** Nobody is late any more. */
  close(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#runs.clear()
  }

  #wait(delayMs: number): void {
    this.#timer = setTimeout(() => this.#look(), Math.min(delayMs, longestTimerMs)).unref()
  }

  #look(): void {
    this.#timer = undefined
    const nowMs = performance.now()
    for (const run of this.#runs) {
      const leftMs = run.startedMs + this.#limitMs - nowMs
      // Timers may come a moment early.
      if (leftMs > 0) return this.#wait(Math.ceil(leftMs))
      this.#runs.delete(run)
      run.onLate()
    }
  }
}
