import type { Clock } from '../time/clock.ts'
import type { Duration } from './duration.ts'
import { durationMs } from './duration.ts'

/** Whoever lives by a clock: it goes on when they have done what was due. */
export interface ClockUser {
  /** Resolves when nothing goes on without time going by. Rejects when that takes too long. */
  rest(): Promise<void>
  /** The same, after a look at all that comes from outside. */
  idle(): Promise<void>
}

/** The last time that a Date can be. */
const lastTimeMs = 8.64e15

interface Wait {
  readonly dueMs: number
  /** Something outside is looked at then; nothing is due. */
  readonly isPoll: boolean
  end(): void
}

/**
 * The time of a test host, which stands still until the test moves it. `now()`, what is due, and every time stamp of the host follow
 * it; waits in the app's own code (`setTimeout`), and `new Date()` there, are those of the machine. Several hosts may share one.
 */
export class TestClock implements Clock {
  #nowMs: number
  readonly #waits = new Set<Wait>()
  readonly #users = new Set<ClockUser>()
  #moving: Promise<unknown> = Promise.resolve()

  /** `start`: an ISO 8601 text, a date, or ms since 1970; by default the time of the machine. @throws RangeError for no time */
  constructor(start: string | Date | number = Date.now()) {
    this.#nowMs = new Date(start).getTime()
    if (Number.isNaN(this.#nowMs)) throw new RangeError(`"${String(start)}" is no time.`)
  }

  /** ms since 1970, UTC. */
  now(): number {
    return this.#nowMs
  }

  /**
   * Lets time go by. What falls due on the way happens in its order, each at its own time, and whatever follows from it has
   * happened before time goes on: `advance({ days: 30 })` with a daily timer is thirty stops. Resolves when all is idle again.
   * @throws RangeError for less than no time, or beyond the last date; Error where the host does not come to rest, saying what it is at
   */
  async advance(by: Duration | number): Promise<void> {
    const ms = durationMs(by)
    if (this.#nowMs + ms > lastTimeMs)
      throw new RangeError(
        `${ms} ms from ${new Date(this.#nowMs).toISOString()} is later than any date of JavaScript (${new Date(lastTimeMs).toISOString()}).`,
      )
    await this.#move(() => Math.min(this.#nowMs + ms, lastTimeMs))
  }

  /** Lets time go by until `time`, in the same way. @throws RangeError for a time that is past */
  async advanceTo(time: string | Date | number): Promise<void> {
    const targetMs = new Date(time).getTime()
    if (!(targetMs >= this.#nowMs))
      throw new RangeError(
        `The clock is at ${new Date(this.#nowMs).toISOString()} and cannot be moved to "${String(time)}": it never runs backwards.`,
      )
    await this.#move(() => targetMs)
  }

  /** When the next thing is due, ms since 1970; undefined: never. */
  get nextDueMs(): number | undefined {
    const times = [...this.#waits].filter(({ isPoll }) => !isPoll).map(({ dueMs }) => dueMs)
    const earliest = Math.min(...times)
    return Number.isFinite(earliest) ? earliest : undefined
  }

  delay(ms: number, signal: AbortSignal): Promise<boolean> {
    return this.#wait(this.#nowMs + ms, { signal, isPoll: false })
  }

  until(atMs: number, signal: AbortSignal): Promise<boolean> {
    return this.#wait(atMs, { signal, isPoll: false })
  }

  poll(ms: number, signal: AbortSignal): Promise<boolean> {
    return this.#wait(this.#nowMs + ms, { signal, isPoll: true })
  }

  /** Whoever waits for the next look at something outside looks now. */
  lookNow(): void {
    this.#end((wait) => wait.isPoll)
  }

  /** Time waits for somebody from now on. Answers how to end that. */
  attach(user: ClockUser): () => void {
    this.#users.add(user)
    return () => this.#users.delete(user)
  }

  #wait(
    dueMs: number,
    { signal, isPoll }: { readonly signal: AbortSignal; readonly isPoll: boolean },
  ): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false)
    if (dueMs <= this.#nowMs) return Promise.resolve(true)
    return new Promise((resolve) => {
      const stop = (): void => {
        this.#waits.delete(wait)
        resolve(false)
      }
      const wait: Wait = {
        dueMs,
        isPoll,
        end: () => {
          signal.removeEventListener('abort', stop)
          resolve(true)
        },
      }
      this.#waits.add(wait)
      signal.addEventListener('abort', stop, { once: true })
    })
  }

  /** One after the other, however many ask at a time. */
  #move(targetOf: () => number): Promise<void> {
    const moved = this.#moving.then(() => this.#moveTo(targetOf()))
    this.#moving = moved.catch(() => {})
    return moved
  }

  async #moveTo(targetMs: number): Promise<void> {
    await this.#all((user) => user.idle())
    for (;;) {
      const dueMs = this.nextDueMs
      if (dueMs === undefined || dueMs > targetMs) break
      this.#stopAt(dueMs)
      await this.#all((user) => user.rest())
    }
    this.#stopAt(targetMs)
    await this.#all((user) => user.idle())
  }

  #stopAt(atMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, atMs)
    this.#end(({ dueMs }) => dueMs <= this.#nowMs)
  }

  #end(isOver: (wait: Wait) => boolean): void {
    const over = [...this.#waits].filter(isOver).toSorted((one, other) => one.dueMs - other.dueMs)
    for (const wait of over) {
      this.#waits.delete(wait)
      wait.end()
    }
  }

  /** What one does may give another something to do: once more, until all have found nothing. */
  async #all(wait: (user: ClockUser) => Promise<void>): Promise<void> {
    const users = [...this.#users]
    for (const user of users) await wait(user)
    if (users.length > 1) for (const user of users) await user.rest()
  }
}
