/** What a timer of Node can wait, ms; it would not wait at all for more. */
export const longestTimerMs = 2 ** 31 - 1

/** How late it may be noticed that the time of the machine was set, or that the machine slept, ms. */
const lookAgainMs = 60_000

/** Time as the host and its functions see it; a test can bring its own. */
export interface Clock {
  /** ms since 1970, UTC. */
  now(): number
  /** Waits this long, however long (also Infinity). False when the signal came first. */
  delay(ms: number, signal: AbortSignal): Promise<boolean>
  /** Waits until `now()` is this time, ms since 1970, also where it is set meanwhile. False when the signal came first. */
  until(atMs: number, signal: AbortSignal): Promise<boolean>
  /**
   * Waits this long before something outside is asked for news, or told that one lives. Nothing is due then: a clock that
   * a test owns goes past it, and wakes who waits at its next stop. False when the signal came first.
   */
  poll(ms: number, signal: AbortSignal): Promise<boolean>
}

/** The time of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  delay: wait,
  poll: wait,
  async until(atMs, signal) {
    for (;;) {
      const leftMs = atMs - Date.now()
      if (leftMs <= 0) return !signal.aborted
      if (!(await wait(Math.min(leftMs, lookAgainMs), signal))) return false
    }
  },
}

function wait(ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(false)
    const startMs = performance.now()
    let timer: NodeJS.Timeout | undefined
    const stop = (): void => {
      clearTimeout(timer)
      resolve(false)
    }
    const waitOn = (): void => {
      const leftMs = Math.max(ms - (performance.now() - startMs), 0)
      if (leftMs > longestTimerMs) timer = setTimeout(waitOn, longestTimerMs)
      else
        timer = setTimeout(() => {
          signal.removeEventListener('abort', stop)
          resolve(true)
        }, leftMs)
    }
    signal.addEventListener('abort', stop, { once: true })
    waitOn()
  })
}
