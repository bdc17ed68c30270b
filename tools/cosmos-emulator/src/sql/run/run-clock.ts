import { setImmediate as nextTurn } from 'node:timers/promises'

import { ServiceError } from '../../errors.ts'
import type { QuerySettings } from '../../storage/query-settings.ts'

/** A run that may let others have their turn where it yields. */
export type Steps<T> = Generator<void, T, void>

const sliceMs = 10
const stepsBetweenLooks = 1024

/** Watches the time that a query takes, so that none can hang the emulator or hold up others for long. */
export class RunClock {
  readonly #settings: QuerySettings
  readonly #startedAt = performance.now()
  #sliceStartedAt = this.#startedAt
  #steps = 0

  constructor(settings: QuerySettings) {
    this.#settings = settings
  }

  /** To be called for each row. @throws ServiceError 408 when the query has run for too long, in all or without a pause */
  readonly check = (): void => {
    this.#steps += 1
    if (this.#steps % stepsBetweenLooks !== 0) return
    const now = performance.now()
    const { longestPageMs, longestRunMs } = this.#settings
    if (now - this.#sliceStartedAt > longestPageMs || now - this.#startedAt > longestRunMs)
      throw new ServiceError(
        408,
        'RequestTimeout',
        `The query ran longer than ${Math.round(now - this.#startedAt)} ms.`,
      )
  }

  /** Whether a page that can go on later should end here. */
  isPageOver(): boolean {
    return performance.now() - this.#startedAt > this.#settings.longestPageMs
  }

  /** Whether others should have their turn. */
  isSliceOver(): boolean {
    return performance.now() - this.#sliceStartedAt > sliceMs
  }

  /** Lets everything else run that waits for the event loop. */
  async pause(): Promise<void> {
    await nextTurn()
    this.#sliceStartedAt = performance.now()
  }

  elapsedMs(): number {
    return performance.now() - this.#startedAt
  }
}
