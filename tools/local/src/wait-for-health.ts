const pollMs = 40
/** The host holds a request until its app is loaded, so one request is nearly always enough. */
const answerMs = 30_000

/** Polls `GET {url}/health` until it answers 200. Rejects when the deadline passes or the signal fires. */
export async function waitForHealth(url: string, deadlineMs: number, signal: AbortSignal): Promise<void> {
  let last = 'no answer'
  while (Date.now() < deadlineMs) {
    signal.throwIfAborted()
    try {
      const response = await fetch(`${url}/health`, {
        signal: AbortSignal.any([signal, AbortSignal.timeout(answerMs)]),
      })
      const text = await response.text()
      if (response.ok) return
      last = `${response.status} ${text.slice(0, 300)}`
    } catch (error) {
      last = error instanceof Error ? error.message : String(error)
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
  throw new Error(`${url}/health did not answer 200 in time: ${last}`)
}
