import { isJsonObject } from '../../json.ts'
import type { JsonObject } from '../../json.ts'
import type { AccountStore, OpenContainer } from '../../storage/account-store.ts'
import { distanceFunctionsOf, sortsHighestFirst } from '../compile/vector-distance.ts'
import { fuseRanks } from '../query-plan/fuse-ranks.ts'
import type { RankedScores } from '../query-plan/fuse-ranks.ts'
import { rankedRows, statisticsQuery } from '../query-plan/rank.ts'
import type { Ranking, StatisticsText } from '../query-plan/rank.ts'
import type { Query } from '../syntax/ast.ts'
import { literalOf } from '../syntax/expressions.ts'
import { prepareQuery } from './prepare-query.ts'
import type { QueryPage, QueryRequest } from './query-page.ts'
import type { RunClock, Steps } from './run-clock.ts'
import { pageOfWhole, wholeRows } from './whole-rows.ts'

/** One page of a query with `ORDER BY RANK`: all rows are scored, and given the best first. @throws ServiceError 400, 404 or 408 */
export function* rankedPage(
  store: AccountStore,
  container: OpenContainer,
  request: QueryRequest,
  { query, ranking, clock }: { query: Query; ranking: Ranking; clock: RunClock },
): Steps<QueryPage> {
  const { parameters } = request
  const { compiled } = prepareQuery(store, container, { ...query, orderBy: [] }, { parameters, clock })
  const counting = statisticsQuery(query, ranking)
  // Words are rare or not among all documents, also where a request is confined to some.
  const statistics = counting
    ? toStatistics(
        (yield* wholeRows(store, container, { ...request, confines: {} }, { inner: counting, clock })).values,
      )
    : []
  const inner = rankedRows(query, ranking, statistics)
  const { values, metrics } = yield* wholeRows(store, container, request, { inner, clock })
  const rows = values.filter(isJsonObject).filter(isRanked)
  const distanceFunctions = distanceFunctionsOf(container.record.definition.vectorEmbeddingPolicy)
  const components = ranking.components.map((component, index): RankedScores => {
    const isHighest =
      component.kind === 'text' || sortsHighestFirst(component.call, { parameters, distanceFunctions })
    const scores = rows.map((row) => numberOf(row[`score${index}`]))
    return { scores, isHighestFirst: isHighest !== false, weight: ranking.weights[index] ?? 1 }
  })
  const order = fuseRanks(components).slice(compiled.offset, compiled.offset + compiled.limit)
  const results = order.map((row) => rows[row]?.payload)
  return pageOfWhole(container, request, { results, metrics: { ...metrics, totalMs: clock.elapsedMs() } })
}

/** A document without any score is not in the result, nor is one of which nothing is selected. */
function isRanked(row: JsonObject): boolean {
  return Object.hasOwn(row, 'payload') && Object.keys(row).length > 1
}

function toStatistics([whole]: unknown[]): StatisticsText[] {
  const { documentCount, fullTextStatistics } = (whole ?? {}) as JsonObject
  const list = Array.isArray(fullTextStatistics) ? (fullTextStatistics as JsonObject[]) : []
  return list.map(({ totalWordCount, hitCounts }) => ({
    documentCount: literalOf(documentCount),
    totalWordCount: literalOf(totalWordCount),
    hitCounts: literalOf(hitCounts),
  }))
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}
