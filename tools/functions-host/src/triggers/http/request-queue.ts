/** How many requests may be under way. */
export interface RequestLimits {
  /** Most that run or wait. */
  readonly maxOutstandingRequests: number
  /** Most that run at once. */
  readonly maxConcurrentRequests: number
}

/** Lets requests run within limits, in the order in which they came. */
export class RequestQueue {
  readonly #limits: RequestLimits
  readonly #waiting: (() => void)[] = []
  #outstanding = 0
  #running = 0
  #onIdle: (() => void) | undefined

  constructor(limits: RequestLimits) {
    this.#limits = limits
  }

  /** Runs a task when its turn has come. @returns false when there are too many, so that it did not run */
  async run(task: () => Promise<void>): Promise<boolean> {
    if (this.#outstanding >= this.#limits.maxOutstandingRequests) return false
    this.#outstanding += 1
    try {
      if (this.#running >= this.#limits.maxConcurrentRequests)
        await new Promise<void>((resolve) => this.#waiting.push(resolve))
      this.#running += 1
      await task()
    } finally {
      this.#running -= 1
      this.#outstanding -= 1
      this.#waiting.shift()?.()
      if (this.#outstanding === 0) this.#onIdle?.()
    }
    return true
  }

  /** Waits until nothing runs or waits. */
  async idle(): Promise<void> {
    if (this.#outstanding === 0) return
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve
    })
  }
}
