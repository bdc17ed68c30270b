import type { Clock } from '../../time/clock.ts'

/** Calls back at a time of its clock, the last one that was set. */
export class VisibilityAlarm {
  readonly #clock: Clock
  readonly #ring: () => void
  #dueMs: number | undefined
  #stop: AbortController | undefined

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock
    this.#ring = ring
  }

  get dueMs(): number | undefined {
    return this.#dueMs
  }

  /** When to call back, ms since 1970; undefined: never. */
  set(dueMs: number | undefined): void {
    if (dueMs === this.#dueMs) return
    this.#stop?.abort()
    this.#stop = undefined
    this.#dueMs = dueMs
    if (dueMs !== undefined) void this.#wait(dueMs)
  }

  async #wait(dueMs: number): Promise<void> {
    const stop = new AbortController()
    this.#stop = stop
    if (!(await this.#clock.until(dueMs, stop.signal))) return
    this.#dueMs = undefined
    this.#ring()
  }
}
