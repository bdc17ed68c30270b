import { sortsHighestFirst } from '../compile/vector-distance.ts'
import type { DistanceFunctions } from '../compile/vector-distance.ts'
import type { Query } from '../syntax/ast.ts'
import { nameOf } from '../syntax/expressions.ts'
import { joinClauses, printExpression, printFrom, printObject, printQuery } from '../syntax/print-query.ts'
import type { QueryInfo } from './query-info.ts'
import { scoreExpressions, selectedValue, statisticsQuery } from './rank.ts'
import type { Ranking, StatisticsText } from './rank.ts'
import { resumeFilter } from './rewrite-query.ts'
import type { RowCounts } from './rewrite-query.ts'

/** How a client asks several partitions for the rows of `ORDER BY RANK`, and puts their ranks together. */
export interface HybridSearchQueryInfo {
  /** Counts what texts are scored by, in each partition: the client adds up, and puts the sums into the other queries. */
  globalStatisticsQuery: string
  requiresGlobalStatistics: boolean
  /** The best rows by each score, with all their scores. */
  componentQueryInfos: QueryInfo[]
  /** Empty where all count the same. */
  componentWeights: number[]
  skip: number | null
  take: number | null
}

// Clients compare the scores of rows, so that one without a score needs the worst of all.
const worstScore = 1e300

// A row that is good by one score alone is found among as many of its partition.
const fewestCandidates = 1000

/** The plan of a query with `ORDER BY RANK`. `counts` are its TOP, OFFSET and LIMIT. */
export function hybridInfo(
  query: Query,
  ranking: Ranking,
  context: {
    counts: RowCounts
    parameters: ReadonlyMap<string, unknown>
    distanceFunctions: DistanceFunctions
  },
): HybridSearchQueryInfo {
  const { counts } = context
  const counting = statisticsQuery(query, ranking)
  const take = counts.limit ?? counts.top
  const wanted = take === null ? null : take + (counts.offset ?? 0)
  const isOne = ranking.components.length === 1
  const candidates = wanted === null || isOne ? wanted : Math.max(wanted, fewestCandidates)
  const scores = scoreExpressions(ranking, placeholders(ranking))
  const parts = ranking.components.map((component, index) => ({
    score: printExpression(scores[index] ?? nameOf('undefined')),
    isHighest: component.kind === 'text' || sortsHighestFirst(component.call, context) !== false,
  }))
  const alias = query.from[0]?.alias ?? 'c'
  const payload = printObject([
    ['payload', printExpression(selectedValue(query))],
    [
      'componentScores',
      `[${parts.map(({ score, isHighest }) => `(${score} ?? ${isHighest ? -worstScore : worstScore})`).join(', ')}]`,
    ],
  ])
  return {
    globalStatisticsQuery: counting ? printQuery(counting) : '',
    requiresGlobalStatistics: counting !== undefined,
    componentQueryInfos: parts.map(({ score, isHighest }) => ({
      ...plainInfo,
      top: candidates,
      orderBy: [isHighest ? 'Descending' : 'Ascending'],
      orderByExpressions: [score],
      rewrittenQuery: joinClauses({
        select: `${candidates === null ? '' : `TOP ${candidates} `}${alias}._rid, [{"item": ${score}}] AS orderByItems, ${payload} AS payload`,
        from: printFrom(query.from),
        where: query.where ? `(${printExpression(query.where)} AND ${resumeFilter})` : resumeFilter,
        orderBy: `${score}${isHighest ? ' DESC' : ''}`,
      }),
    })),
    componentWeights: ranking.weights.every((weight) => weight === 1) ? [] : ranking.weights,
    skip: counts.offset,
    take,
  }
}

const plainInfo: QueryInfo = {
  distinctType: 'None',
  top: null,
  offset: null,
  limit: null,
  orderBy: [],
  orderByExpressions: [],
  groupByExpressions: [],
  groupByAliases: [],
  aggregates: [],
  groupByAliasToAggregateType: {},
  rewrittenQuery: '',
  hasSelectValue: false,
  hasNonStreamingOrderBy: true,
  dCountInfo: null,
}

/** What clients put the sums over all partitions in place of. */
function placeholders({ components }: Ranking): StatisticsText[] {
  const name = (what: string) => nameOf(`{documentdb-formattablehybridsearchquery-${what}}`)
  return components
    .filter(({ kind }) => kind === 'text')
    .map((_, index) => ({
      documentCount: name('totaldocumentcount'),
      totalWordCount: name(`totalwordcount-${index}`),
      hitCounts: name(`hitcountsarray-${index}`),
    }))
}
