/** How many rows are kept. */
export interface RowLimits {
  most: number
  /** Once those behind the first `skipped` are larger than this together, no more are wanted. */
  largestSize: number
  skipped: number
}

/** Keeps the first of many rows by some order, and forgets the others as they come. */
export class BestRows<T extends { text: string }> {
  readonly #limits: RowLimits
  readonly #compare: (a: T, b: T) => number
  #rows: T[] = []
  #addedSize = 0
  /** The last row that is kept, once there are enough: what comes after it is out. */
  #bound: T | undefined

  constructor(limits: RowLimits, compare: (a: T, b: T) => number) {
    this.#limits = limits
    this.#compare = compare
  }

  /** Whether a row has a place among those kept so far. */
  fits(row: T): boolean {
    return this.#bound === undefined || this.#compare(row, this.#bound) < 0
  }

  add(row: T): void {
    this.#rows.push(row)
    this.#addedSize += row.text.length
    // Cut at twice the number, or the size: each row then costs a constant number of comparisons.
    const { most, largestSize } = this.#limits
    if (this.#rows.length >= most * 2 + 100 || this.#addedSize > largestSize) this.#cut()
  }

  /** The rows kept, in order. */
  sorted(): T[] {
    this.#cut()
    return this.#rows
  }

  #cut(): void {
    this.#addedSize = 0
    this.#rows.sort(this.#compare)
    const kept = this.#countWanted()
    if (kept === undefined) return
    this.#rows.length = kept
    this.#bound = this.#rows.at(-1)
  }

  /** How many rows are enough; undefined where more may be wanted. */
  #countWanted(): number | undefined {
    const { most, largestSize, skipped } = this.#limits
    let size = 0
    for (const [index, { text }] of this.#rows.entries()) {
      if (index + 1 >= most) return most
      // The row that is too large for a page, or the one behind it, tells that another page follows.
      if (size > largestSize) return index + 1
      if (index >= skipped) size += text.length
    }
    return undefined
  }
}
