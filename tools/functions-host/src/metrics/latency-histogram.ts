/** Bounds of the buckets grow by this factor: a percentile is off by at most 5 %. */
const growth = 1.1
/** The first bucket ends here, ms. */
const leastMs = 0.1
/** The last one begins at about two hours. */
const bucketCount = 190

/** Durations in buckets of growing width: percentiles in constant memory. */
export class LatencyHistogram {
  readonly #counts = new Uint32Array(bucketCount)
  #total = 0

  /** Counts a duration. */
  add(durationMs: number): void {
    const index = durationMs <= leastMs ? 0 : Math.ceil(Math.log(durationMs / leastMs) / Math.log(growth))
    this.#raise(Math.min(index, bucketCount - 1), 1)
  }

  /** Counts all that another one has counted. */
  addAll(other: LatencyHistogram): void {
    other.#counts.forEach((count, index) => this.#raise(index, count))
  }

  /** The duration (ms) that this share of all (0 to 1) did not exceed; undefined when there is none. */
  percentileMs(share: number): number | undefined {
    if (this.#total === 0) return undefined
    let left = Math.max(1, Math.ceil(this.#total * share))
    const index = this.#counts.findIndex((count) => (left -= count) <= 0)
    return leastMs * growth ** (index === 0 ? 0 : index - 0.5)
  }

  #raise(index: number, by: number): void {
    this.#counts[index] = (this.#counts[index] ?? 0) + by
    this.#total += by
  }
}
