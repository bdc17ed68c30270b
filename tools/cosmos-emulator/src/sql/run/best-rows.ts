/** Keeps the first of many rows by some order, and forgets the others as they come. */
export class BestRows<T> {
  readonly #most: number
  readonly #compare: (a: T, b: T) => number
  #rows: T[] = []
  /** The last row that is kept, once there are enough: what comes after it is out. */
  #bound: T | undefined

  constructor(most: number, compare: (a: T, b: T) => number) {
    this.#most = most
    this.#compare = compare
  }

  /** Whether a row has a place among those kept so far. */
  fits(row: T): boolean {
    return this.#bound === undefined || this.#compare(row, this.#bound) < 0
  }

  add(row: T): void {
    this.#rows.push(row)
    // Cut at twice the number: each row then costs a constant number of comparisons.
    if (this.#rows.length >= this.#most * 2 + 100) this.#cut()
  }

  /** The rows kept, in order. */
  sorted(): T[] {
    this.#cut()
    return this.#rows
  }

  #cut(): void {
    this.#rows.sort(this.#compare)
    if (this.#rows.length < this.#most) return
    this.#rows.length = this.#most
    this.#bound = this.#rows.at(-1)
  }
}
