import type { JsonObject } from '../json.ts'
import { toAggregateKind } from './aggregates.ts'
import type { Expression, Query } from './ast.ts'

const filter = '{documentdb-formattableorderbyquery-filter}'
const clientNames: Record<string, string> = {
  COUNT: 'Count',
  COUNTIF: 'CountIf',
  SUM: 'Sum',
  AVG: 'Average',
  MIN: 'Min',
  MAX: 'Max',
  MAKELIST: 'MakeList',
  MAKESET: 'MakeSet',
}

/** The plan by which a client merges the results of several partitions. Used by clients that insist on merging themselves. */
export function queryPlan(text: string, query: Query): JsonObject {
  return {
    partitionedQueryExecutionInfoVersion: 2,
    queryInfo: queryInfo(text, query),
    // Every physical partition is asked: ranges narrowed by a key are the client's own affair, by its header.
    queryRanges: [{ min: '', max: 'FF', isMinInclusive: true, isMaxInclusive: false }],
  }
}

function queryInfo(text: string, query: Query): JsonObject {
  const slice = (node: { start: number; end: number }): string => text.slice(node.start, node.end)
  const aggregates = aggregatesOf(query)
  const isSelectValue = query.select.kind === 'value'
  return {
    distinctType: query.isDistinct ? (query.orderBy.length > 0 ? 'Ordered' : 'Unordered') : 'None',
    top: countOf(query.top),
    offset: countOf(query.offset),
    limit: countOf(query.limit),
    orderBy: query.orderBy.map(({ isDescending }) => (isDescending ? 'Descending' : 'Ascending')),
    orderByExpressions: query.orderBy.map(({ value }) => slice(value)),
    groupByExpressions: query.groupBy.map(slice),
    groupByAliases:
      query.groupBy.length > 0 && query.select.kind === 'list'
        ? query.select.items.map(({ name }) => name)
        : [],
    aggregates: query.groupBy.length > 0 && !isSelectValue ? [] : aggregates,
    groupByAliasToAggregateType: aliasTypes(query),
    rewrittenQuery: rewrite(text, query, aggregates),
    hasSelectValue: isSelectValue,
    hasNonStreamingOrderBy: false,
    dCountInfo: null,
  }
}

function countOf(expression: Expression | undefined): number | null {
  return expression?.kind === 'literal' && typeof expression.value === 'number' ? expression.value : null
}

function selected(query: Query): { value: Expression; name: string }[] {
  const { select } = query
  if (select.kind === 'list') return select.items
  return select.kind === 'value' ? [{ value: select.value, name: '' }] : []
}

function aggregateOf(expression: Expression): string | undefined {
  const kind =
    expression.kind === 'call' && !expression.isUserDefined ? toAggregateKind(expression.name) : undefined
  return kind && clientNames[kind]
}

function aggregatesOf(query: Query): string[] {
  return selected(query).flatMap(({ value }) => aggregateOf(value) ?? [])
}

function aliasTypes(query: Query): JsonObject {
  if (query.groupBy.length === 0 && query.select.kind !== 'list') return {}
  if (query.groupBy.length === 0 && aggregatesOf(query).length === 0) return {}
  return Object.fromEntries(selected(query).map(({ value, name }) => [name, aggregateOf(value) ?? null]))
}

function rewrite(text: string, query: Query, aggregates: readonly string[]): string {
  const slice = (node: { start: number; end: number }): string => text.slice(node.start, node.end)
  const needsMerge = query.orderBy.length > 0 || aggregates.length > 0 || query.groupBy.length > 0
  const [first] = query.from
  const from = query.from.map((source, index) => `${index === 0 ? '' : 'JOIN '}${slice(source)}`).join(' ')
  const where = query.where ? slice(query.where) : undefined
  const groupBy = query.groupBy.length > 0 ? ` GROUP BY ${query.groupBy.map(slice).join(', ')}` : ''
  const item = (value: Expression): string => mergeItem(value, slice)
  const groupItem = (value: Expression): string => (aggregateOf(value) ? item(value) : slice(value))
  if (query.groupBy.length > 0) {
    const keys = query.groupBy.map((key) => `{"item": ${slice(key)}}`).join(', ')
    return `SELECT [${keys}] AS groupByItems, ${groupPayload(query, groupItem)} AS payload FROM ${from}${where === undefined ? '' : ` WHERE ${where}`}${groupBy}`
  }
  if (aggregates.length > 0) {
    const whereText = where === undefined ? '' : ` WHERE ${where}`
    if (query.select.kind === 'value')
      return `SELECT VALUE [${item(query.select.value)}] FROM ${from}${whereText}`
    const payload = selected(query).map(({ value, name }) => `${JSON.stringify(name)}: ${item(value)}`)
    return `SELECT VALUE {${payload.join(', ')}} FROM ${from}${whereText}`
  }
  if (!needsMerge || !first) return withoutOffset(text, query)
  const keys = query.orderBy.map(({ value }) => `{"item": ${slice(value)}}`).join(', ')
  const order = query.orderBy.map(
    ({ value, isDescending }) => `${slice(value)} ${isDescending ? 'DESC' : 'ASC'}`,
  )
  return `SELECT ${query.isDistinct ? 'DISTINCT ' : ''}${first.alias}._rid, [${keys}] AS orderByItems, ${plainPayload(query, slice)} AS payload FROM ${from} WHERE ${where === undefined ? '' : `(${where}) AND `}(${filter}) ORDER BY ${order.join(', ')}`
}

function mergeItem(value: Expression, slice: (node: Expression) => string): string {
  if (aggregateOf(value) === 'Average' && value.kind === 'call' && value.args[0]) {
    const argument = slice(value.args[0])
    return `{"item": {"sum": SUM(${argument}), "count": COUNT(${argument})}}`
  }
  return `{"item": ${slice(value)}}`
}

function groupPayload(query: Query, item: (value: Expression) => string): string {
  if (query.select.kind === 'value') return item(query.select.value)
  return `{${selected(query)
    .map(({ value, name }) => `${JSON.stringify(name)}: ${item(value)}`)
    .join(', ')}}`
}

function plainPayload(query: Query, slice: (node: Expression) => string): string {
  const { select } = query
  switch (select.kind) {
    case 'star':
      return query.from[0]?.alias ?? 'c'
    case 'value':
      return slice(select.value)
    case 'list':
      return `{${select.items.map(({ value, name }) => `${JSON.stringify(name)}: ${slice(value)}`).join(', ')}}`
  }
}

/** Each partition must give the rows that OFFSET passes over too: the client cuts after merging. */
function withoutOffset(text: string, query: Query): string {
  const [offset, limit] = [countOf(query.offset), countOf(query.limit)]
  if (offset === null || limit === null || !query.offset) return text
  const head = text.slice(0, query.offset.start).replace(/OFFSET\s*$/i, '')
  return `${head}OFFSET 0 LIMIT ${offset + limit}`
}
