import type { Query } from '../syntax/ast.ts'
import {
  joinClauses,
  printExpression,
  printFrom,
  printObject,
  printOrderBy,
  printQuery,
} from '../syntax/print-query.ts'
import { clientAggregate, partialAggregate, selectedOf } from './plan-aggregates.ts'

/** Clients put `true` here, or the condition under which an ordered query goes on. */
export const resumeFilter = '({documentdb-formattableorderbyquery-filter})'

/** TOP, OFFSET and LIMIT of a query, with the values of its parameters. */
export interface RowCounts {
  top: number | null
  offset: number | null
  limit: number | null
}

/**
 * The query that each partition has to answer, so that a client can merge the answers; empty where that is the query as
 * it stands.
 */
export function rewriteQuery(query: Query, counts: RowCounts): string {
  const selected = selectedOf(query)
  if (query.groupBy.length > 0) return rewriteGroups(query)
  if (selected.some(({ value }) => clientAggregate(value))) return rewriteAggregates(query)
  if (query.orderBy.length > 0) return rewriteOrder(query, counts)
  // Each partition may hold all of the rows that are wanted, or all of those that are passed over.
  const hasCut = counts.top !== null || counts.offset !== null
  if (query.isDistinct) return hasCut ? printQuery(withoutCut(query)) : ''
  return counts.offset === null ? '' : `${printQuery(withoutCut(query))}\n${offsetLimit(counts)}`
}

function withoutCut(query: Query): Query {
  return { ...query, top: undefined, offset: undefined, limit: undefined }
}

function offsetLimit({ offset, limit }: RowCounts): string | undefined {
  return offset === null || limit === null ? undefined : `OFFSET 0 LIMIT ${offset + limit}`
}

function rewriteGroups(query: Query): string {
  const keys = query.groupBy.map((key) => `{"item": ${printExpression(key)}}`).join(', ')
  return joinClauses({
    select: `[${keys}] AS groupByItems, ${groupPayload(query)} AS payload`,
    from: printFrom(query.from),
    where: query.where && printExpression(query.where),
    groupBy: query.groupBy.map(printExpression).join(', '),
  })
}

function groupPayload(query: Query): string {
  const { select } = query
  if (select.kind !== 'value') return partialObject(query)
  const isAggregate = clientAggregate(select.value) !== undefined
  return isAggregate ? `[${partialAggregate(select.value)}]` : printExpression(select.value)
}

function rewriteAggregates(query: Query): string {
  const { select } = query
  return joinClauses({
    select:
      select.kind === 'value'
        ? `VALUE [${partialAggregate(select.value)}]`
        : `${partialObject(query)} AS payload`,
    from: printFrom(query.from),
    where: query.where && printExpression(query.where),
  })
}

function partialObject(query: Query): string {
  return printObject(
    selectedOf(query).map(({ value, name }) => [
      name,
      clientAggregate(value) === undefined ? printExpression(value) : partialAggregate(value),
    ]),
  )
}

function rewriteOrder(query: Query, counts: RowCounts): string {
  const keys = query.orderBy.map(({ value }) => `{"item": ${printExpression(value)}}`).join(', ')
  const payload = orderPayload(query)
  const top = counts.top === null || query.isDistinct ? '' : `TOP ${counts.top} `
  return joinClauses({
    select: `${top}${query.from[0]?.alias ?? 'c'}._rid, [${keys}] AS orderByItems, ${payload} AS payload`,
    from: printFrom(query.from),
    where: orderFilter(query, payload),
    orderBy: printOrderBy(query),
    offsetLimit: query.isDistinct ? undefined : offsetLimit(counts),
  })
}

function orderFilter({ where, select }: Query, payload: string): string {
  const filter = where ? `(${printExpression(where)} AND ${resumeFilter})` : resumeFilter
  // A row of SELECT VALUE that is undefined is none, but one of the rewritten query would be.
  return select.kind === 'value' ? `(${filter} AND IS_DEFINED(${payload}))` : filter
}

function orderPayload(query: Query): string {
  const { select } = query
  switch (select.kind) {
    case 'star':
      return query.from[0]?.alias ?? 'c'
    case 'value':
      return printExpression(select.value)
    case 'list':
      return printObject(select.items.map(({ value, name }) => [name, printExpression(value)]))
  }
}
