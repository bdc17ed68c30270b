import type { Clock } from './clock.ts'

/** A clock that knows how many wait for it: a loop that does nothing but wait is at rest. */
export class CountingClock implements Clock {
  readonly #clock: Clock
  #waiting = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Waits that have not ended. */
  get waiting(): number {
    return this.#waiting
  }

  now(): number {
    return this.#clock.now()
  }

  delay(ms: number, signal: AbortSignal): Promise<boolean> {
    return this.#count(this.#clock.delay(ms, signal))
  }

  until(atMs: number, signal: AbortSignal): Promise<boolean> {
    return this.#count(this.#clock.until(atMs, signal))
  }

  poll(ms: number, signal: AbortSignal): Promise<boolean> {
    return this.#count(this.#clock.poll(ms, signal))
  }

  async #count(wait: Promise<boolean>): Promise<boolean> {
    this.#waiting += 1
    try {
      return await wait
    } finally {
      this.#waiting -= 1
    }
  }
}
