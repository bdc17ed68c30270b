import type { AccountStore, OpenContainer } from '../../storage/account-store.ts'
import { runBlocking } from '../compile/run-blocking.ts'
import { clientAggregate, selectedOf } from '../query-plan/plan-aggregates.ts'
import type { Query } from '../syntax/ast.ts'
import { prepareQuery } from './prepare-query.ts'
import type { QueryPage, QueryRequest } from './query-page.ts'
import type { RunClock, Steps } from './run-clock.ts'
import { pageOfWhole, wholeRows } from './whole-rows.ts'

/**
 * The subquery of `SELECT ... FROM (SELECT DISTINCT ... FROM c) AS d`, which tells apart, counts or cuts the rows of all
 * documents together; undefined where a query has none, and each document can be looked at by itself.
 */
export function wholeSubquery({ from: [source] }: Query): Query | undefined {
  if (source?.source.kind !== 'query' || source.isIterated) return undefined
  const inner = source.source
  const hasAggregate = selectedOf(inner).some(({ value }) => clientAggregate(value) !== undefined)
  const isWhole = inner.isDistinct || inner.top !== undefined || inner.groupBy.length > 0 || hasAggregate
  return isWhole ? inner : undefined
}

/** One page of a query over the rows of such a subquery. @throws ServiceError 400, 404 or 408 */
export function* subqueryPage(
  store: AccountStore,
  container: OpenContainer,
  request: QueryRequest,
  { query, inner, clock }: { query: Query; inner: Query; clock: RunClock },
): Steps<QueryPage> {
  const { values, metrics } = yield* wholeRows(store, container, request, { inner, clock })
  const { compiled: outer } = prepareQuery(store, container, overRows(query), {
    parameters: request.parameters,
    clock,
    computed: new Map(),
  })
  const results = runBlocking(outer, (visit) => {
    for (const value of values) if (outer.enumerate([value], visit)) return
  })
  return pageOfWhole(container, request, {
    results: results.map(({ value }) => value),
    metrics: { ...metrics, totalMs: clock.elapsedMs() },
  })
}

/** The same query over values that stand where the subquery did. */
function overRows(query: Query): Query {
  const [source, ...others] = query.from
  if (!source) return query
  const { alias, start, end } = source
  return { ...query, from: [{ ...source, source: { kind: 'name', name: alias, start, end } }, ...others] }
}
