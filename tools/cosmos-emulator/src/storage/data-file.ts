import type { DatabaseSync, StatementSync } from 'node:sqlite'

import { copyDatabase } from './data-file-copy.ts'
import { openDatabase } from './open-database.ts'
import { toStorageFailure } from './storage-error.ts'

interface Turn {
  promise: Promise<void>
  resolve: () => void
  reject: (error: Error) => void
  /** Why none of it can be kept. */
  failure?: Error
}

/**
 * The SQLite file of one account. All writes of one turn of the event loop share one transaction (group commit);
 * an answer waits for `committed()`, so that nothing acknowledged, or read, can be lost by a kill.
 */
export class DataFile {
  /** Called inside the transaction, just before it commits. */
  readonly beforeCommit: (() => void)[] = []
  /** Called after anything was rolled back: what is cached in memory may be wrong. */
  readonly afterRollback: (() => void)[] = []
  readonly #database: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()
  #turn: Turn | undefined

  /** In memory where no path is given; `content` is then what it begins with. */
  constructor(path: string | undefined, content?: Uint8Array) {
    this.#database = openDatabase(path, content)
  }

  /** The prepared statement of this text, prepared once. */
  prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (!statement) {
      statement = this.#database.prepare(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }

  /** Runs statements without parameters, such as those that make tables. */
  execute(sql: string): void {
    this.#database.exec(sql)
  }

  /** Forgets prepared statements that name a table about to be dropped. */
  forgetStatements(table: string): void {
    for (const sql of this.#statements.keys()) if (sql.includes(table)) this.#statements.delete(sql)
  }

  /** Runs one change, all of it or nothing of it, in the transaction of this turn. */
  write<T>(change: () => T): T {
    if (!this.#turn) {
      this.prepare('BEGIN IMMEDIATE').run()
      this.#turn = newTurn()
      setImmediate(() => this.#commit())
    }
    if (this.#turn.failure !== undefined) throw this.#turn.failure
    this.prepare('SAVEPOINT change').run()
    try {
      const result = change()
      this.prepare('RELEASE change').run()
      return result
    } catch (error) {
      // A full disk makes SQLite give up the whole transaction: then nothing of this turn can be kept.
      if (!this.#database.isTransaction) this.#turn.failure = toFailure(error)
      else {
        this.prepare('ROLLBACK TO change').run()
        this.prepare('RELEASE change').run()
      }
      for (const notify of this.afterRollback) notify()
      throw error
    }
  }

  /** Resolves when everything written so far is on disk. @throws ServiceError 507 or 503 when it could not be stored */
  async committed(): Promise<void> {
    await this.#turn?.promise
  }

  /** All that is stored, as the bytes of a data file. */
  copy(): Uint8Array {
    this.#commit()
    return copyDatabase(this.#database)
  }

  /** Commits what is open and closes the file. */
  close(): void {
    this.#commit()
    this.#database.close()
  }

  #commit(): void {
    const turn = this.#turn
    if (!turn) return
    this.#turn = undefined
    try {
      if (turn.failure !== undefined) throw turn.failure
      for (const notify of this.beforeCommit) notify()
      this.prepare('COMMIT').run()
      turn.resolve()
    } catch (error) {
      if (this.#database.isTransaction) this.prepare('ROLLBACK').run()
      for (const notify of this.afterRollback) notify()
      turn.reject(toFailure(error))
    }
  }
}

function toFailure(error: unknown): Error {
  return toStorageFailure(error) ?? (error instanceof Error ? error : new Error(String(error)))
}

function newTurn(): Turn {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  // A failed commit reaches those who wait; where nobody does (a sweep), it is no unhandled rejection.
  promise.catch(() => undefined)
  return { promise, resolve, reject }
}
