import type { AggregateSlot, Evaluate, Row } from './scope.ts'

/** Says to go on (false) or that enough has been seen (true). */
export type Visit = (row: Row) => boolean

/** A query made into functions. */
export interface CompiledQuery {
  /** Calls back for each combination of FROM that passes WHERE. */
  enumerate: (row: Row, visit: Visit) => boolean
  project: Evaluate
  isValue: boolean
  isStar: boolean
  isDistinct: boolean
  isGrouped: boolean
  groupBy: Evaluate[]
  aggregates: AggregateSlot[]
  orderBy: { key: Evaluate; isDescending: boolean }[]
  offset: number
  /** LIMIT or TOP; Infinity where there is none. */
  limit: number
  /** Names that stand for the document itself. */
  rootAlias: string | undefined
  /** To be called for each row of a long run: it throws when the query has run for too long. */
  checkTime: () => void
}
