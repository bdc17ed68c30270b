import type { PartitionKeyDefinition } from '../../partition/partition-key.ts'
import { keyConstraints } from '../access-path/key-constraints.ts'
import { isVectorDistance, sortsHighestFirst } from '../compile/vector-distance.ts'
import type { DistanceFunctions } from '../compile/vector-distance.ts'
import { isSameShape } from '../syntax/ast.ts'
import type { Expression, FromSource, Query } from '../syntax/ast.ts'
import { printExpression, printQuery } from '../syntax/print-query.ts'
import { hybridInfo } from './hybrid-plan.ts'
import type { HybridSearchQueryInfo } from './hybrid-plan.ts'
import { checkCompositions, clientAggregate, selectedOf } from './plan-aggregates.ts'
import type { QueryInfo } from './query-info.ts'
import { isSingleKey, queryRanges } from './query-ranges.ts'
import type { QueryRange } from './query-ranges.ts'
import { rankingOf } from './rank.ts'
import { rewriteQuery } from './rewrite-query.ts'
import type { RowCounts } from './rewrite-query.ts'

/** The plan by which a client asks several partitions and merges their answers. */
export type QueryPlan = {
  partitionedQueryExecutionInfoVersion: number
  queryRanges: QueryRange[]
} & ({ queryInfo: QueryInfo } | { hybridSearchQueryInfo: HybridSearchQueryInfo })

/** Makes the plan of a query over a container with this partition key. @throws ServiceError 400 for what clients cannot merge */
export function planOf(
  query: Query,
  parameters: ReadonlyMap<string, unknown>,
  partitionKey: PartitionKeyDefinition,
  distanceFunctions: DistanceFunctions = new Map(),
): QueryPlan {
  const ranges = rangesOf(query, parameters, partitionKey)
  const counted = countedSubquery(query)
  const context = { parameters, distanceFunctions }
  const ranking = rankingOf(query, parameters)
  if (ranking)
    return {
      partitionedQueryExecutionInfoVersion: 2,
      hybridSearchQueryInfo: hybridInfo(query, ranking, { ...context, counts: countsOf(query, parameters) }),
      queryRanges: ranges,
    }
  const info = counted ? countedInfo(counted, context) : infoOf(query, context)
  return {
    partitionedQueryExecutionInfoVersion: 2,
    queryInfo: isSingleKey(ranges) ? asItStands(info) : info,
    queryRanges: ranges,
  }
}

/** Whether a client has more to do than to put the partitions' rows one after another. */
export function needsMerge(plan: QueryPlan): boolean {
  return featuresOf(plan).length > 0
}

/** The names of what a client must be able to do to follow a plan, as clients tell what they can. */
export function featuresOf(plan: QueryPlan): string[] {
  if (!('hybridSearchQueryInfo' in plan)) return mergesOf(plan.queryInfo)
  const isWeighted = plan.hybridSearchQueryInfo.componentWeights.length > 0
  return ['HybridSearch', ...(isWeighted ? ['WeightedRankFusion'] : [])]
}

function mergesOf(info: QueryInfo): string[] {
  const listed = Object.values(info.groupByAliasToAggregateType).filter((type) => type !== null)
  const aggregates = [...info.aggregates, ...listed]
  const isListOrSet = aggregates.some((name) => name === 'MakeList' || name === 'MakeSet')
  const needed: Record<string, boolean> = {
    Aggregate: info.aggregates.length > 0,
    CountIf: aggregates.includes('CountIf'),
    DCount: info.dCountInfo !== null,
    Distinct: info.distinctType !== 'None',
    GroupBy: info.groupByExpressions.length > 0,
    ListAndSetAggregate: isListOrSet,
    MultipleAggregates: listed.length > 1,
    MultipleOrderBy: info.orderBy.length > 1,
    NonValueAggregate: listed.length > 0 && info.groupByExpressions.length === 0,
    NonStreamingOrderBy: info.hasNonStreamingOrderBy,
    OffsetAndLimit: info.offset !== null,
    OrderBy: info.orderBy.length > 0,
    Top: info.top !== null,
  }
  return Object.keys(needed).filter((name) => needed[name] === true)
}

function rangesOf(
  query: Query,
  parameters: ReadonlyMap<string, unknown>,
  partitionKey: PartitionKeyDefinition,
): QueryRange[] {
  const [source] = query.from
  // A query without FROM has its one row from any partition, but from one alone.
  if (!source) return queryRanges([], partitionKey)
  const facts = { where: query.where, rootAlias: rootAlias(source), parameters, keyPaths: partitionKey.paths }
  return queryRanges(keyConstraints(facts), partitionKey)
}

function rootAlias({ alias, isIterated, source }: FromSource): string | undefined {
  return source.kind === 'name' && !isIterated ? alias : undefined
}

interface PlanContext {
  parameters: ReadonlyMap<string, unknown>
  distanceFunctions: DistanceFunctions
}

function infoOf(query: Query, context: PlanContext): QueryInfo {
  checkCompositions(query)
  const counts = countsOf(query, context.parameters)
  const selected = selectedOf(query)
  const isValue = query.select.kind === 'value'
  const types = selected.map(({ value, name }) => [name, clientAggregate(value) ?? null] as const)
  const isGrouped = query.groupBy.length > 0 || types.some(([, type]) => type !== null)
  const isList = query.select.kind === 'list' && isGrouped
  return {
    ...counts,
    distinctType: distinctType(query),
    orderBy: query.orderBy.map(({ value, isDescending }) =>
      (sortsHighestFirst(value, context) ?? isDescending) ? 'Descending' : 'Ascending',
    ),
    orderByExpressions: query.orderBy.map(({ value }) => printExpression(value)),
    groupByExpressions: query.groupBy.map(printExpression),
    groupByAliases: isList ? selected.map(({ name }) => name) : [],
    aggregates: isValue ? types.flatMap(([, type]) => type ?? []) : [],
    groupByAliasToAggregateType: isList ? Object.fromEntries(types) : {},
    rewrittenQuery: rewriteQuery(query, counts),
    hasSelectValue: isValue,
    hasNonStreamingOrderBy: query.orderBy.some(({ value }) => isVectorDistance(value)),
    dCountInfo: null,
  }
}

/** The one partition that has the key sorts and cuts by itself; what is counted or told apart goes by the plan still. */
function asItStands(info: QueryInfo): QueryInfo {
  const isMerged =
    info.distinctType !== 'None' ||
    info.aggregates.length > 0 ||
    info.groupByExpressions.length > 0 ||
    info.groupByAliases.length > 0
  if (isMerged) return info
  return {
    ...info,
    offset: null,
    limit: null,
    orderBy: [],
    orderByExpressions: [],
    rewrittenQuery: '',
    hasNonStreamingOrderBy: false,
  }
}

/** Equal rows follow one another where the rows are sorted by all that is selected, and first of all by that. */
function distinctType(query: Query): QueryInfo['distinctType'] {
  if (!query.isDistinct) return 'None'
  const selected = selectedOf(query).map(({ value }) => value)
  const sorted = query.orderBy.slice(0, selected.length).map(({ value }) => value)
  const isOrdered =
    selected.length > 0 && selected.every((value) => sorted.some((key) => isSameShape(value, key)))
  return isOrdered ? 'Ordered' : 'Unordered'
}

/** `SELECT COUNT(1) FROM (SELECT DISTINCT ...) AS d`: a client counts the distinct rows of all partitions. */
function countedSubquery({
  select,
  from,
  where,
  groupBy,
}: Query): { query: Query; alias: string } | undefined {
  const [source, ...others] = from
  if (!source || others.length > 0 || where || groupBy.length > 0) return undefined
  if (source.source.kind !== 'query' || source.isIterated || !source.source.isDistinct) return undefined
  const [first, ...more] = select.kind === 'list' ? select.items : []
  const value = select.kind === 'value' ? select.value : first?.value
  const isCount = value && more.length === 0 && countsRows(value, source.alias)
  return isCount ? { query: source.source, alias: first?.name ?? '' } : undefined
}

function countedInfo({ query, alias }: { query: Query; alias: string }, context: PlanContext): QueryInfo {
  const info = infoOf(query, context)
  // Partitions answer the subquery; the query as it stands would have each count for itself.
  return {
    ...info,
    rewrittenQuery: info.rewrittenQuery || printQuery(query),
    dCountInfo: { dCountAlias: alias },
  }
}

function countsRows(value: Expression, alias: string): boolean {
  const argument = value.kind === 'call' && clientAggregate(value) === 'Count' ? value.args[0] : undefined
  return argument?.kind === 'literal' || (argument?.kind === 'name' && argument.name === alias)
}

function countsOf(query: Query, parameters: ReadonlyMap<string, unknown>): RowCounts {
  return {
    top: countOf(query.top, parameters),
    offset: countOf(query.offset, parameters),
    limit: countOf(query.limit, parameters),
  }
}

function countOf(
  expression: Expression | undefined,
  parameters: ReadonlyMap<string, unknown>,
): number | null {
  if (expression?.kind === 'literal') return typeof expression.value === 'number' ? expression.value : null
  const value = expression?.kind === 'parameter' ? parameters.get(expression.name) : undefined
  return typeof value === 'number' ? value : null
}
