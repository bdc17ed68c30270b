import type { SpanState } from './timeline-row.ts'

/** A call whose last attempt may have failed. */
export interface RetriedCall {
  readonly kind: string
  readonly name: string
  readonly spans: readonly { readonly state: SpanState }[]
}

/** A timer that an execution made. */
export interface RetryTimer {
  readonly plannedMs?: number
  /** Set when it turns out to be the delay before an attempt, or the one after the last: no row of its own. */
  isPartOfRetry?: boolean
}

interface Made<Call> {
  readonly timer: RetryTimer
  readonly madeMs: number
  readonly failed: readonly Call[]
}

/**
 * Finds attempts of one call in a history, which does not name them: a failure, a timer made in the same episode, and in the
 * episode in which that fires a call of the same name. A loop by hand of the same shape counts as well.
 */
export class RetryFinder<Call extends RetriedCall> {
  #startMs = 0
  #failed: Call[] = []
  #fired: Made<Call>[] = []
  readonly #made = new Map<number, Made<Call>>()

  beginEpisode(startMs: number): void {
    this.#startMs = startMs
    this.#failed = []
    this.#fired = []
  }

  failed(call: Call): void {
    this.#failed.push(call)
  }

  timerMade(id: number, timer: RetryTimer): void {
    if (this.#failed.length > 0) this.#made.set(id, { timer, madeMs: this.#startMs, failed: this.#failed })
  }

  timerFired(id: number): void {
    const made = this.#made.get(id)
    if (made) this.#fired.push(made)
  }

  /** The call that one made now is another attempt of. */
  isRetryOf(kind: string, name: string): Call | undefined {
    for (const [index, made] of this.#fired.entries()) {
      const call = made.failed.find(
        (failed) => failed.kind === kind && failed.name === name && failed.spans.at(-1)?.state === 'failed',
      )
      if (!call) continue
      made.timer.isPartOfRetry = true
      this.#fired.splice(index, 1)
      return call
    }
    return undefined
  }

  /** The host makes one more timer after the last attempt, which fires at once. */
  end(): void {
    for (const { timer, madeMs } of this.#made.values())
      if ((timer.plannedMs ?? Infinity) <= madeMs) timer.isPartOfRetry = true
  }
}
