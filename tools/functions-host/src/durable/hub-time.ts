import type { Clock } from '../time/clock.ts'

/** Time as a hub writes it down. */
export class HubTime {
  readonly clock: Clock
  #lastMs = Number.NaN
  #lastText = ''

  constructor(clock: Clock) {
    this.clock = clock
  }

  /** ms since 1970, UTC. */
  nowMs(): number {
    return this.clock.now()
  }

  /** ISO 8601; many events are made in one millisecond. */
  nowText(): string {
    const nowMs = this.clock.now()
    if (nowMs !== this.#lastMs) {
      this.#lastMs = nowMs
      this.#lastText = new Date(nowMs).toISOString()
    }
    return this.#lastText
  }
}
