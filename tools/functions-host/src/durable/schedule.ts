import type { Decision } from './decision.ts'
import { ReplayTask } from './replay-task.ts'

/** What an execution has scheduled: one counter of ids, the decisions that the history does not know yet, and the tasks. */
export class Schedule {
  readonly #pending = new Map<number, Decision>()
  readonly #tasks = new Map<number, ReplayTask>()
  /** Ids that hold up the end of the execution. */
  readonly #open = new Set<number>()
  #nextId = 0

  /** The id that is given out next. */
  get nextId(): number {
    return this.#nextId
  }

  takeId(): number {
    return this.#nextId++
  }

  /** Adds a decision; its task holds up the end of the execution where it `isOpen`. */
  add(decision: Decision, isOpen: boolean): ReplayTask {
    const task = new ReplayTask()
    this.#pending.set(decision.id, decision)
    this.#tasks.set(decision.id, task)
    if (isOpen) this.#open.add(decision.id)
    return task
  }

  /** Holds up the end of the execution for an id that has no decision yet. */
  hold(id: number): void {
    this.#open.add(id)
  }

  task(id: number): ReplayTask | undefined {
    return this.#tasks.get(id)
  }

  /** The history has answered an id. */
  settle(id: number, end: { failed: boolean; result?: string | null }): void {
    this.#open.delete(id)
    this.#tasks.get(id)?.settle(end)
  }

  pending(id: number): Decision | undefined {
    return this.#pending.get(id)
  }

  /** The history knows a decision. */
  confirm(id: number): void {
    this.#pending.delete(id)
  }

  /** The decisions that the history does not know, in their order. */
  get decisions(): Decision[] {
    return [...this.#pending.values()]
  }

  /** How many hold up the end of the execution. */
  get openTasks(): number {
    return this.#open.size
  }
}
