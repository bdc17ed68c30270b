import { EventType, type HistoryEvent } from './history-event.ts'

/**
 * From when on each action may start, as far as the actions alone do not say. Code may go on with a task that has lost a `Task.any`: the SDK then
 * waits without a new action, while retried calls, polled requests and long timers take further ids. So their executions are delicate: they
 * hear one message an episode, and each episode puts down how many actions there were at its end.
 */
export class ActionLimits {
  readonly #limits: number[]
  #passed = 0

  constructor(history: readonly HistoryEvent[]) {
    this.#limits = history.flatMap(({ Actions }) => (Actions === undefined ? [] : [Actions]))
  }

  /** An episode of the history is over. */
  pass({ Actions }: HistoryEvent): void {
    if (Actions !== undefined) this.#passed += 1
  }

  /** Whether the code had asked for an action by now; `index` counts from 0. */
  allows(index: number): boolean {
    return index < (this.#limits[this.#passed] ?? Infinity)
  }
}

/** Whether the next episode is to hear one message only: the one before it was delicate. */
export function hearsOneMessage(past: readonly HistoryEvent[]): boolean {
  const last = past.at(-1)
  return last?.EventType === EventType.orchestratorCompleted && last.Actions !== undefined
}
