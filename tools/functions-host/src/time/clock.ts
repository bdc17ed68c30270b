/** What a timer of Node can wait, ms; it would not wait at all for more. */
export const longestTimerMs = 2 ** 31 - 1

/** Time as listeners see it; a test can bring its own. */
export interface Clock {
  /** ms since 1970, UTC. */
  now(): number
  /** Waits this long, however long (also Infinity). False when the signal came first. */
  delay(ms: number, signal: AbortSignal): Promise<boolean>
}

/** The time of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  delay: (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve(false)
      const startMs = performance.now()
      let timer: NodeJS.Timeout | undefined
      const stop = (): void => {
        clearTimeout(timer)
        resolve(false)
      }
      const wait = (): void => {
        const leftMs = Math.max(ms - (performance.now() - startMs), 0)
        if (leftMs > longestTimerMs) timer = setTimeout(wait, longestTimerMs)
        else
          timer = setTimeout(() => {
            signal.removeEventListener('abort', stop)
            resolve(true)
          }, leftMs)
      }
      signal.addEventListener('abort', stop, { once: true })
      wait()
    }),
}
