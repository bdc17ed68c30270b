import type { EventWait } from './event-wait.ts'
import type { HistoryEvent } from './history-event.ts'
import { ReplayTask } from './replay-task.ts'

/** External events and the answers of entities on their way to whoever waits for them. */
export class Mailbox {
  readonly #calls = new Map<string, ReplayTask>()
  readonly #waiters = new Map<string, ReplayTask[]>()
  readonly #early: HistoryEvent[] = []
  /** Waiter -> its wait, in the order in which they began. */
  readonly #waits = new Map<ReplayTask, { name: string; fromMs: number; toMs?: number }>()
  readonly #nowMs: () => number
  #waiting = 0

  /** `nowMs`: the time of the episode that is replayed. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  /** All waits for events so far, in the order in which they began. */
  get waits(): EventWait[] {
    return [...this.#waits.values()]
  }

  /** How many wait for something that may still come. */
  get waiting(): number {
    return this.#waiting
  }

  /** Events that nobody waited for, in their order. */
  get unconsumed(): HistoryEvent[] {
    return this.#early
  }

  /** The answer to a call comes as an event named by the request's id. */
  expectAnswer(requestId: string, call: ReplayTask): void {
    this.#calls.set(requestId, call)
  }

  beginCall(): void {
    this.#waiting += 1
  }

  waitFor(name: string): ReplayTask {
    const task = new ReplayTask()
    const fromMs = this.#nowMs()
    const early = this.#early.findIndex((event) => event.Name === name)
    if (early >= 0) {
      this.#waits.set(task, { name, fromMs, toMs: fromMs })
      this.#early.splice(early, 1)
      task.settle()
      return task
    }
    this.#waits.set(task, { name, fromMs })
    this.#waiting += 1
    const waiters = this.#waiters.get(name)
    if (waiters === undefined) this.#waiters.set(name, [task])
    else waiters.push(task)
    return task
  }

  deliver(event: HistoryEvent): void {
    const name = event.Name ?? ''
    // The last waiter gets the first event: so does the SDK.
    const task = this.#calls.get(name) ?? this.#waiters.get(name)?.pop()
    this.#calls.delete(name)
    if (task === undefined) {
      this.#early.push(event)
      return
    }
    this.#waiting -= 1
    const wait = this.#waits.get(task)
    if (wait) wait.toMs = this.#nowMs()
    task.settle()
  }
}
