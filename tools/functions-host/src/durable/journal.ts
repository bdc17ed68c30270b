import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { ActivityKey } from './activity-row.ts'

/** What a committed change wakes up. */
export interface Effects {
  instances: Set<string>
  activities: ActivityKey[]
  /** Instances that have ended. */
  ended: Set<string>
  /** The earliest of the timers that were made. */
  timerMs: number
}

interface Change {
  apply: (effects: Effects) => unknown
  resolve: (value: unknown) => void
  reject: (error: unknown) => void
}

/** The hub was closed while something ran: it is done again after the next start. */
export class HubClosedError extends Error {
  constructor() {
    super('the durable hub is closed')
  }
}

/** Group commit: all changes of one turn of the event loop go to disk in one transaction; each of them is answered only when it is there. */
export class Journal {
  readonly #database: DatabaseSync
  readonly #begin: StatementSync
  readonly #end: StatementSync
  readonly #onCommitted: (effects: Effects) => void
  #waiting: Change[] = []
  #isScheduled = false
  #isClosed = false

  constructor(database: DatabaseSync, onCommitted: (effects: Effects) => void) {
    this.#database = database
    this.#begin = database.prepare('BEGIN IMMEDIATE')
    this.#end = database.prepare('COMMIT')
    this.#onCommitted = onCommitted
  }

  /** Applies a change, whole or not at all, and resolves when it is on disk. */
  write<T>(apply: (effects: Effects) => T): Promise<T> {
    if (this.#isClosed) return Promise.reject(new HubClosedError())
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ apply, resolve: resolve as (value: unknown) => void, reject })
      if (this.#isScheduled) return
      this.#isScheduled = true
      setImmediate(() => this.flush())
    })
  }

  /** Changes that are not on disk yet. */
  get size(): number {
    return this.#waiting.length
  }

  /** Writes what waits, at once. */
  flush(): void {
    this.#isScheduled = false
    const changes = this.#waiting
    this.#waiting = []
    if (changes.length === 0) return
    if (this.#commit(changes)) return
    // One of them is bad: each on its own, so that the others do not suffer.
    if (changes.length > 1) for (const change of changes) this.#commit([change])
  }

  /** Writes what waits; whatever comes later is refused. */
  close(): void {
    this.flush()
    this.#isClosed = true
  }

  #commit(changes: Change[]): boolean {
    const effects: Effects = { instances: new Set(), activities: [], ended: new Set(), timerMs: Infinity }
    const values: unknown[] = []
    try {
      this.#begin.run()
      for (const change of changes) values.push(change.apply(effects))
      this.#end.run()
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      if (changes.length === 1) changes[0]?.reject(error)
      return false
    }
    this.#onCommitted(effects)
    for (const [index, change] of changes.entries()) change.resolve(values[index])
    return true
  }
}
