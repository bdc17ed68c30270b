import type { PartitionScope } from './scan.ts'

/** The conditions of a WHERE, with the values for their placeholders. */
export class Conditions {
  readonly values: (string | number)[] = []
  readonly #clauses: string[] = []

  add(clause: string, ...values: (string | number)[]): void {
    this.#clauses.push(clause)
    this.values.push(...values)
  }

  addPartition({ pk, pkBounds, epkBounds }: PartitionScope): void {
    if (pk !== undefined) this.add('pk = ?', pk)
    if (pkBounds) this.add('pk >= ? AND pk < ?', ...pkBounds)
    if (epkBounds) this.add('epk >= ? AND epk < ?', ...epkBounds)
  }

  toWhere(): string {
    return this.#clauses.length === 0 ? '' : ` WHERE ${this.#clauses.join(' AND ')}`
  }
}
