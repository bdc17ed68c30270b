/** How many requests may be under way at each instance. */
export interface RequestLimits {
  /** Most that run or wait. */
  readonly maxOutstandingRequests: number
  /** Most that run at once. */
  readonly maxConcurrentRequests: number
}

/** Lets requests run within limits, in the order in which they came. */
export class RequestQueue {
  readonly #limits: RequestLimits
  readonly #width: () => number
  readonly #waiting: (() => void)[] = []
  #outstanding = 0
  #running = 0
  #onIdle: (() => void) | undefined

  /** `width`: how many instances share the requests. */
  constructor(limits: RequestLimits, width = (): number => 1) {
    this.#limits = limits
    this.#width = width
  }

  /** Requests that run or wait. */
  get outstanding(): number {
    return this.#outstanding
  }

  /** Asks for a turn, which ends with `leave`: true when it has come at once, false when there are too many, else when it comes. */
  enter(): boolean | Promise<true> {
    if (this.#outstanding >= this.#limits.maxOutstandingRequests * this.#width()) return false
    this.#outstanding += 1
    if (this.#running < this.#limits.maxConcurrentRequests * this.#width()) {
      this.#running += 1
      return true
    }
    return new Promise((resolve) =>
      this.#waiting.push(() => {
        this.#running += 1
        resolve(true)
      }),
    )
  }

  /** A turn ends, and the next one comes. */
  leave(): void {
    this.#running -= 1
    this.#outstanding -= 1
    this.#waiting.shift()?.()
    if (this.#outstanding === 0) this.#onIdle?.()
  }

  /** Waits until nothing runs or waits. */
  async idle(): Promise<void> {
    if (this.#outstanding === 0) return
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve
    })
  }
}
