import { LatencyHistogram } from './latency-histogram.ts'

/** The rate is that of the last so many whole seconds. */
const rateSeconds = 10
/** Percentiles cover the last one to two of these, ms. */
const periodMs = 60_000

/** What is known of the runs of one function. */
export interface FunctionFigures {
  readonly invocations: number
  readonly failures: number
  readonly running: number
  /** How long all runs that have ended took together. */
  readonly totalMs: number
  /** Mean of the last ten seconds. */
  readonly invocationsPerSecond: number
  /** Of the last minutes; absent where nothing ran in them. */
  readonly p50Ms?: number
  readonly p95Ms?: number
  readonly lastFailure?: { readonly at: string; readonly message: string }
}

/** Counts the runs of one function, in constant memory. */
export class FunctionMetrics {
  #invocations = 0
  #failures = 0
  #running = 0
  #totalMs = 0
  readonly #perSecond = new Uint32Array(rateSeconds + 1)
  #second = 0
  #periodStartMs = 0
  #latency = new LatencyHistogram()
  #latencyBefore = new LatencyHistogram()
  #lastFailure: FunctionFigures['lastFailure']

  /** A run begins. */
  begin(): void {
    this.#running += 1
  }

  /** A run has ended; `failure`: why it failed. */
  end(durationMs: number, nowMs: number, failure?: string): void {
    this.#running -= 1
    this.#invocations += 1
    this.#totalMs += durationMs
    this.#turnTo(nowMs)
    this.#perSecond[this.#slot()] = (this.#perSecond[this.#slot()] ?? 0) + 1
    this.#latency.add(durationMs)
    if (failure === undefined) return
    this.#failures += 1
    this.#lastFailure = { at: new Date(nowMs).toISOString(), message: failure.slice(0, 500) }
  }

  /** The figures as they are now. */
  read(nowMs: number): FunctionFigures {
    this.#turnTo(nowMs)
    const current = this.#perSecond[this.#slot()] ?? 0
    const latency = new LatencyHistogram()
    latency.addAll(this.#latency)
    latency.addAll(this.#latencyBefore)
    const [p50Ms, p95Ms] = [latency.percentileMs(0.5), latency.percentileMs(0.95)]
    return {
      invocations: this.#invocations,
      failures: this.#failures,
      running: this.#running,
      totalMs: Math.round(this.#totalMs),
      invocationsPerSecond: (this.#perSecond.reduce((sum, count) => sum + count, 0) - current) / rateSeconds,
      ...(p50Ms === undefined ? {} : { p50Ms }),
      ...(p95Ms === undefined ? {} : { p95Ms }),
      ...(this.#lastFailure ? { lastFailure: this.#lastFailure } : {}),
    }
  }

  #slot(): number {
    return this.#second % this.#perSecond.length
  }

  /** Empties the seconds that have gone by since the last time, and begins a new period of latencies. */
  #turnTo(nowMs: number): void {
    const second = Math.floor(nowMs / 1000)
    const skipped = Math.min(second - this.#second, this.#perSecond.length)
    for (let back = 0; back < skipped; back++) this.#perSecond[(second - back) % this.#perSecond.length] = 0
    this.#second = Math.max(second, this.#second)
    const passed = Math.floor((nowMs - this.#periodStartMs) / periodMs)
    if (passed < 1) return
    this.#latencyBefore = passed === 1 ? this.#latency : new LatencyHistogram()
    this.#latency = new LatencyHistogram()
    this.#periodStartMs = nowMs
  }
}
