/** A blob as a listing, or a look at it alone, shows it. */
export interface FoundBlob {
  readonly name: string
  /** In quotes. */
  readonly etag: string
  readonly blobType: string
  readonly lastModifiedMs: number
}

/**
 * Which blobs of a container are new. A sweep goes through the whole container, page by page; a blob is new when it was not
 * changed before the latest change that the sweep before it saw. Times of blobs are whole seconds, so that very second counts
 * as new again: receipts tell what was seen already.
 */
export class ContainerSweep {
  #lastMaxMs: number
  #currentMaxMs = 0
  /** Etags of the newest second, by name: their receipts need not be asked for again at each sweep. */
  readonly #settled = new Map<string, string>()

  /** `cursorMs`: where an earlier host got to, 0 for nowhere. */
  constructor(cursorMs: number) {
    this.#lastMaxMs = cursorMs
  }

  /** The latest change that a whole sweep has seen, ms; 0 before the first. */
  get cursorMs(): number {
    return this.#lastMaxMs
  }

  /** Takes the next page of the listing; answers the blobs of it that are new and not settled. */
  takePage(blobs: readonly FoundBlob[]): FoundBlob[] {
    const pageMaxMs = blobs.reduce((maxMs, { lastModifiedMs }) => Math.max(maxMs, lastModifiedMs), 0)
    // What was of the newest second is older than it now.
    if (pageMaxMs > this.#newestMs) this.#settled.clear()
    this.#currentMaxMs = Math.max(this.#currentMaxMs, pageMaxMs)
    return blobs.filter(
      ({ name, etag, lastModifiedMs }) =>
        lastModifiedMs >= this.#lastMaxMs && this.#settled.get(name) !== etag,
    )
  }

  /** This blob needs no second look. */
  settle({ name, etag, lastModifiedMs }: FoundBlob): void {
    if (lastModifiedMs >= this.#newestMs) this.#settled.set(name, etag)
  }

  /** The listing has come to its end; the next page begins the next sweep. */
  end(): void {
    this.#lastMaxMs = this.#newestMs
    this.#currentMaxMs = 0
  }

  get #newestMs(): number {
    return Math.max(this.#lastMaxMs, this.#currentMaxMs)
  }
}
