import type { CompiledQuery } from '../compile/compiled-query.ts'
import { compareByOrder } from '../compile/run-blocking.ts'
import type { Continuation, ResumePosition } from './continuation.ts'
import type { PageWriter } from './page-writer.ts'

/** The place of a row in a sorted result. */
export interface RowPlace {
  keys: readonly unknown[]
  rid: number
  /** Its number among the rows of its document. */
  ordinal: number
}

/** A row of a sorted result, with what it is sorted by. */
export interface SortedRow extends RowPlace {
  keys: unknown[]
  /** As JSON. */
  text: string
}

/** By the ORDER BY; equal rows by document, in the direction of its first property. */
export function compareRows(query: CompiledQuery, a: RowPlace, b: RowPlace): number {
  const difference = compareByOrder(query, a.keys, b.keys)
  if (difference !== 0) return difference
  if (a.rid !== b.rid) return query.orderBy[0]?.isDescending === true ? b.rid - a.rid : a.rid - b.rid
  return a.ordinal - b.ordinal
}

/** Whether a row comes behind all rows of a document. */
export function isBehind(query: CompiledQuery, row: RowPlace, after: ResumePosition['after']): boolean {
  return !after || compareRows(query, row, { ...after, ordinal: Infinity }) > 0
}

/** Writes sorted rows on a page. @returns where the result goes on; undefined where it ends */
export function writeSorted(
  rows: readonly SortedRow[],
  writer: PageWriter,
  start: ResumePosition['after'],
): Extract<Continuation, { position: ResumePosition }> | undefined {
  let after = start
  let last: SortedRow | undefined
  for (const row of rows) {
    const isSame = last?.rid === row.rid
    if (last && !isSame) after = { rid: last.rid, keys: last.keys }
    if (!writer.add(row.text))
      return {
        position: {
          ...writer.progress,
          ...(after && { after }),
          ...(isSame && { partial: { rid: row.rid, skip: row.ordinal } }),
        },
      }
    if (writer.isEnough) return undefined
    last = row
  }
  return undefined
}
