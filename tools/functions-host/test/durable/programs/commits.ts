// Hears every commit of SQLite in this process, at the moment at which it is on disk.
import { copyFileSync, existsSync, mkdirSync, statSync, truncateSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, StatementSync } from 'node:sqlite'

const listeners = new Map<string, () => void>()
const commitsOf = new WeakMap<StatementSync, string>()
const isCommit = /^\s*COMMIT\b/i

/** Calls `listener` after each commit to a database file. */
export function onCommit(file: string, listener: () => void): void {
  listeners.set(file, listener)
}

/** Calls nobody any more. */
export function offCommit(file: string): void {
  listeners.delete(file)
}

/** To be called once, before any database is opened. */
export function listenToSqlite(): void {
  const prototype = DatabaseSync.prototype as {
    prepare: (this: DatabaseSync, sql: string) => StatementSync
    exec: (this: DatabaseSync, sql: string) => void
  }
  const { prepare, exec } = prototype
  prototype.prepare = function (this: DatabaseSync, sql) {
    const statement = prepare.call(this, sql)
    const file = this.location()
    if (isCommit.test(sql) && file !== null) commitsOf.set(statement, file)
    return statement
  }
  prototype.exec = function (this: DatabaseSync, sql) {
    exec.call(this, sql)
    const file = this.location()
    if (isCommit.test(sql) && file !== null) listeners.get(file)?.()
  }
  const statements = StatementSync.prototype as {
    run: (this: StatementSync, ...values: never[]) => ReturnType<StatementSync['run']>
  }
  const { run } = statements
  statements.run = function (this: StatementSync, ...values) {
    const result = run.apply(this, values)
    const file = commitsOf.get(this)
    if (file !== undefined) listeners.get(file)?.()
    return result
  }
}

/** The size of a database's log, bytes. */
export function logBytes(file: string): number {
  return existsSync(`${file}-wal`) ? statSync(`${file}-wal`).size : 0
}

/**
 * Copies a database as the death of its process would leave it. With `logBytes` the log ends there: its writer died in the middle of a commit.
 */
export function copyAsKilled(from: string, to: string, bytes?: number): void {
  mkdirSync(dirname(to), { recursive: true })
  copyFileSync(from, to)
  if (!existsSync(`${from}-wal`)) return
  copyFileSync(`${from}-wal`, `${to}-wal`)
  if (bytes !== undefined) truncateSync(`${to}-wal`, bytes)
}
