/** Lines may hold names that callers choose: so many are told, and no more. */
const most = 1000

/** Tells in the log where Azure would do worse: each line once. */
export class Differences {
  readonly #log: (text: string) => void
  readonly #told = new Set<string>()

  constructor(log: (text: string) => void) {
    this.#log = log
  }

  tell(text: string): void {
    if (this.#told.has(text) || this.#told.size >= most) return
    this.#told.add(text)
    this.#log(text)
  }
}
