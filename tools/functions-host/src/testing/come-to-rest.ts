import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises'

/** Turns of the event loop in a row in which nothing goes on: what one turn begins shows in the next. */
const quietTurns = 4
/** Turns that are waited for without a pause; what takes longer waits for something outside of this process. */
const busyTurns = 500

/** What is waited for. */
export interface Resting {
  /** What goes on, a line each. */
  busyWith(): readonly string[]
  /** Runs that have begun. */
  readonly runCount: number
}

/** Waits until nothing goes on. @throws Error when that takes too long, saying what does */
export async function comeToRest(resting: Resting, withinMs: number): Promise<void> {
  const deadlineMs = performance.now() + withinMs
  let runCount = -1
  for (let turns = 0, quiet = 0; quiet < quietTurns; turns += 1) {
    await (turns < busyTurns ? turn() : pause(1))
    const busy = resting.busyWith()
    const isQuiet = busy.length === 0 && resting.runCount === runCount
    quiet = isQuiet ? quiet + 1 : 0
    runCount = resting.runCount
    if (!isQuiet && performance.now() > deadlineMs)
      throw new Error(
        `The host is not at rest after ${withinMs} ms. It is at: ${busy.join('; ') || 'one run after the other'}.`,
      )
  }
}
