import type { SQLInputValue } from 'node:sqlite'

import type { PartitionScope } from './scan.ts'

/** The conditions of a WHERE, with the values for their placeholders. */
export class Conditions {
  readonly values: SQLInputValue[] = []
  readonly #clauses: string[] = []

  add(clause: string, ...values: SQLInputValue[]): void {
    this.#clauses.push(clause)
    this.values.push(...values)
  }

  /** `table` is the name of the table of documents in the statement, where it has others. */
  addPartition({ pk, pkBounds, epkBounds }: PartitionScope, table?: string): void {
    const of = table === undefined ? '' : `${table}.`
    if (pk !== undefined) this.add(`${of}pk = ?`, pk)
    if (pkBounds) this.add(`${of}pk >= ? AND ${of}pk < ?`, ...pkBounds)
    if (epkBounds) this.add(`${of}epk >= ? AND ${of}epk < ?`, ...epkBounds)
  }

  toWhere(): string {
    return this.#clauses.length === 0 ? '' : ` WHERE ${this.#clauses.join(' AND ')}`
  }
}
