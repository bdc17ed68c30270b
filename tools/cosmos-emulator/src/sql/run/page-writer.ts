import type { RowLimits } from './best-rows.ts'

const largestPageCharacters = 4 * 1024 * 1024

/** How far a result has been read. */
export interface Progress {
  /** Rows passed because of OFFSET. */
  passed: number
  /** Rows given, for TOP and LIMIT. */
  given: number
}

/** Fills one page with the rows of a result that comes in order. */
export class PageWriter {
  readonly rows: string[] = []
  readonly progress: Progress
  readonly #pageSize: number
  readonly #offset: number
  readonly #limit: number
  #characters = 0

  constructor(pageSize: number, cut: { offset: number; limit: number }, progress: Progress) {
    this.#pageSize = pageSize
    this.#offset = cut.offset
    this.#limit = cut.limit
    this.progress = { ...progress }
  }

  /** Which rows of the result, from here on, decide what the page holds and whether another follows. */
  get wanted(): RowLimits {
    const { passed, given } = this.progress
    const skipped = Math.max(0, this.#offset - passed)
    const most = skipped + Math.min(this.#pageSize, this.#limit - given) + 1
    return { most, skipped, largestSize: largestPageCharacters }
  }

  /** Whether the result ends here. */
  get isEnough(): boolean {
    return this.progress.given >= this.#limit
  }

  /** Takes the next row. @returns false when it is for the next page */
  add(text: string): boolean {
    const isTooLarge = this.rows.length > 0 && this.#characters + text.length > largestPageCharacters
    if (this.rows.length >= this.#pageSize || isTooLarge) return false
    if (this.progress.passed < this.#offset) {
      this.progress.passed += 1
      return true
    }
    this.rows.push(text)
    this.#characters += text.length
    this.progress.given += 1
    return true
  }
}
