import type { Clock } from '../../src/time/clock.ts'

/** A clock that stands until a test sets it on. */
export class SetClock implements Clock {
  readonly #waits = new Set<{ dueMs: number; end: () => void }>()
  #nowMs = Date.UTC(2026, 0, 1)

  now(): number {
    return this.#nowMs
  }

  delay(ms: number, signal: AbortSignal): Promise<boolean> {
    return this.until(this.#nowMs + ms, signal)
  }

  poll(ms: number, signal: AbortSignal): Promise<boolean> {
    return this.delay(ms, signal)
  }

  until(atMs: number, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const wait = { dueMs: atMs, end: () => resolve(true) }
      this.#waits.add(wait)
      signal.addEventListener('abort', () => {
        this.#waits.delete(wait)
        resolve(false)
      })
    })
  }

  /** How many wait for a time. */
  get waitCount(): number {
    return this.#waits.size
  }

  /** Sets it on and ends the waits that are over. */
  forward(seconds: number): void {
    this.#nowMs += seconds * 1000
    for (const wait of this.#waits)
      if (wait.dueMs <= this.#nowMs) {
        this.#waits.delete(wait)
        wait.end()
      }
  }
}
