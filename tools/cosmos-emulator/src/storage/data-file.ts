import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { StatementSync } from 'node:sqlite'

import { ServiceError, messageOf } from '../errors.ts'

const layoutVersion = 1

interface Turn {
  promise: Promise<void>
  resolve: () => void
  reject: (error: unknown) => void
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

  constructor(path: string | undefined) {
    if (path !== undefined) mkdirSync(dirname(path), { recursive: true })
    this.#database = openDatabase(path)
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
    this.prepare('SAVEPOINT change').run()
    try {
      const result = change()
      this.prepare('RELEASE change').run()
      return result
    } catch (error) {
      this.prepare('ROLLBACK TO change').run()
      this.prepare('RELEASE change').run()
      for (const notify of this.afterRollback) notify()
      throw error
    }
  }

  /** Resolves when everything written so far is on disk. @throws ServiceError 503 when it could not be stored */
  async committed(): Promise<void> {
    await this.#turn?.promise
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
      for (const notify of this.beforeCommit) notify()
      this.prepare('COMMIT').run()
      turn.resolve()
    } catch (error) {
      if (this.#database.isTransaction) this.prepare('ROLLBACK').run()
      for (const notify of this.afterRollback) notify()
      turn.reject(new ServiceError(503, 'ServiceUnavailable', `Could not be stored: ${messageOf(error)}`))
    }
  }
}

/** Marks the file as of this layout. @throws Error for a file of another one */
function claimVersion(database: DatabaseSync): void {
  database.exec('BEGIN IMMEDIATE')
  const version = Number(database.prepare('PRAGMA user_version').get()?.user_version)
  if (version !== 0 && version !== layoutVersion)
    throw new Error(`it is of layout ${version}, and this emulator reads ${layoutVersion}`)
  database.exec(`PRAGMA user_version = ${layoutVersion}; COMMIT`)
}

function newTurn(): Turn {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  // A failed commit reaches those who wait; where nobody does (a sweep), it is no unhandled rejection.
  promise.catch(() => undefined)
  return { promise, resolve, reject }
}

function openDatabase(path: string | undefined): DatabaseSync {
  const database = new DatabaseSync(path ?? ':memory:')
  try {
    // One process owns the file: a second emulator on the same data is refused instead of corrupting counters.
    database.exec(`
      PRAGMA busy_timeout = 3000;
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA cache_size = -32000;
    `)
    claimVersion(database)
    return database
  } catch (error) {
    database.close()
    throw new Error(`The data file ${path ?? 'in memory'} cannot be used: ${messageOf(error)}`, {
      cause: error,
    })
  }
}
