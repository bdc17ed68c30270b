import { setImmediate as nextTurn } from 'node:timers/promises'

import { ServiceError } from '../../errors.ts'
import type { QuerySettings } from '../../storage/query-settings.ts'

/** A run that may let others have their turn where it yields. */
export type Steps<T> = Generator<void, T, void>

const sliceMs = 10
/** A page ends only behind a document, so that its first one may take this long, however short the page is to be. */
const leastStepMs = 100
/** A look takes as long as a quick row, and a slow row half a second: with so few steps between them, neither adds up. */
const stepsBetweenLooks = 16

/** Watches the time that a query takes, so that none can hang the emulator or hold up others for long. */
export class RunClock {
  readonly #settings: QuerySettings
  readonly #startedAt = performance.now()
  #sliceStartedAt = this.#startedAt
  #lookedAt = this.#startedAt
  #steps = 0

  constructor(settings: QuerySettings) {
    this.#settings = settings
  }

  /** To be called for each row of a document. @throws ServiceError 408 when the query has run for too long, in all or without a pause */
  readonly check = (): void => {
    this.#steps += 1
    if (this.#steps % stepsBetweenLooks !== 0) return
    this.look()
    const longestStepMs = Math.max(this.#settings.longestPageMs, leastStepMs)
    if (this.#lookedAt - this.#sliceStartedAt > longestStepMs) throw this.#tooLong()
  }

  /** To be called for each document, between which there may be a pause. @throws ServiceError 408 when the query has run for too long in all */
  look(): void {
    this.#lookedAt = performance.now()
    if (this.elapsedMs() > this.#settings.longestRunMs) throw this.#tooLong()
  }

  /** Whether a page that can go on later should end here, by the last look. */
  isPageOver(): boolean {
    return this.#lookedAt - this.#startedAt > this.#settings.longestPageMs
  }

  /** Whether others should have their turn, by the last look. */
  isSliceOver(): boolean {
    return this.#lookedAt - this.#sliceStartedAt > sliceMs
  }

  /** Lets everything else run that waits for the event loop. */
  async pause(): Promise<void> {
    await nextTurn()
    this.#sliceStartedAt = performance.now()
    this.#lookedAt = this.#sliceStartedAt
  }

  elapsedMs(): number {
    return performance.now() - this.#startedAt
  }

  #tooLong(): ServiceError {
    const text = `The query ran longer than ${Math.round(this.elapsedMs())} ms.`
    return new ServiceError(408, 'RequestTimeout', text)
  }
}
