let wakeUp: (() => void) | undefined

/** Has the page look at the API at once instead of at the next turn. */
export function lookNow(): void {
  wakeUp?.()
}

/** Waits for the next turn, or until somebody wants a look now. */
export function waitForTurn(waitMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, waitMs)
    wakeUp = () => {
      clearTimeout(timer)
      resolve()
    }
  })
}
