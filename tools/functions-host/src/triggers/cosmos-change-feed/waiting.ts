import type { Clock } from '../../time/clock.ts'

/** Waits that can be ended early, all at once. */
export class Waiting {
  readonly #clock: Clock
  #end = new AbortController()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Waits for the time, the signal or the end of all waits. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    await this.#clock.poll(ms, AbortSignal.any([signal, this.#end.signal]))
  }

  endAll(): void {
    this.#end.abort()
    this.#end = new AbortController()
  }
}
