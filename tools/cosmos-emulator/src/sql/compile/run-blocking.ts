import { newAccumulator } from './aggregates.ts'
import type { Accumulator } from './aggregates.ts'
import type { CompiledQuery, Visit } from './compiled-query.ts'
import type { Row } from './scope.ts'
import { compareValues, shortIdentityOf } from './values.ts'

/** A result with what it is sorted by. */
export interface ResultRow {
  value: unknown
  keys: unknown[]
}

/** A query that runs to its end before there are results. */
export interface BlockingRun {
  /** Takes a row. @returns whether no further one is wanted */
  visit: Visit
  /** Groups, sorts, removes doubles, cuts: what came of the rows. */
  results: () => ResultRow[]
}

/** Runs a query to its end. `feed` calls back for each row. */
export function runBlocking(query: CompiledQuery, feed: (visit: Visit) => void): ResultRow[] {
  const run = blockingRun(query)
  if (query.isGrouped || query.isDistinct || query.offset + query.limit > 0) feed(run.visit)
  return run.results()
}

/** Begins a query whose rows come one by one. */
export function blockingRun(query: CompiledQuery): BlockingRun {
  const run = query.isGrouped ? groupedRun(query) : plainRun(query)
  return {
    visit: run.visit,
    results: () => {
      const rows = run.results()
      const distinct = query.isDistinct ? withoutDoubles(rows, query.checkTime) : rows
      return distinct.slice(query.offset, query.offset + query.limit)
    },
  }
}

/** Compares two results by the query's ORDER BY. @throws ServiceError 408 when the query has run for too long */
export function compareByOrder(query: CompiledQuery, a: readonly unknown[], b: readonly unknown[]): number {
  query.checkTime()
  for (const [index, { isDescending }] of query.orderBy.entries()) {
    const difference = compareValues(a[index], b[index])
    if (difference !== 0) return isDescending ? -difference : difference
  }
  return 0
}

function plainRun(query: CompiledQuery): BlockingRun {
  const rows: ResultRow[] = []
  const isSorted = query.orderBy.length > 0
  const enough = isSorted || query.isDistinct ? Infinity : query.offset + query.limit
  return {
    visit: (row) => {
      const value = query.project(row)
      if (value !== undefined || !query.isValue)
        rows.push({ value, keys: query.orderBy.map(({ key }) => key(row)) })
      return rows.length >= enough
    },
    results: () => (isSorted ? rows.sort((a, b) => compareByOrder(query, a.keys, b.keys)) : rows),
  }
}

interface Group {
  row: Row
  accumulators: Accumulator[]
}

function groupedRun(query: CompiledQuery): BlockingRun {
  const groups = new Map<string, Group>()
  const newGroup = (row: Row): Group => ({
    row: row.slice(),
    accumulators: query.aggregates.map(({ kind }) => newAccumulator(kind)),
  })
  return {
    visit: (row) => {
      const identity = query.groupBy.map((key) => shortIdentityOf(key(row))).join('\u0000')
      let group = groups.get(identity)
      if (!group) groups.set(identity, (group = newGroup(row)))
      for (const [index, { argument }] of query.aggregates.entries())
        group.accumulators[index]?.add(argument(row))
      return false
    },
    results: () => {
      // Without GROUP BY there is one group, even of nothing.
      if (groups.size === 0 && query.groupBy.length === 0) groups.set('', newGroup([]))
      return [...groups.values()].flatMap(({ row, accumulators }) => {
        for (const [index, { slot }] of query.aggregates.entries()) row[slot] = accumulators[index]?.result()
        const value = query.project(row)
        return value === undefined && query.isValue ? [] : [{ value, keys: [] }]
      })
    },
  }
}

function withoutDoubles(rows: ResultRow[], checkTime: () => void): ResultRow[] {
  const seen = new Set<string>()
  return rows.filter(({ value }) => {
    checkTime()
    const identity = shortIdentityOf(value)
    if (seen.has(identity)) return false
    seen.add(identity)
    return true
  })
}
