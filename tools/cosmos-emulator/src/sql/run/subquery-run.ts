import type { AccountStore, OpenContainer } from '../../storage/account-store.ts'
import { runBlocking } from '../compile/run-blocking.ts'
import { clientAggregate, selectedOf } from '../query-plan/plan-aggregates.ts'
import type { Query } from '../syntax/ast.ts'
import { printQuery } from '../syntax/print-query.ts'
import { longestContinuationCharacters, readContinuation, writeContinuation } from './continuation.ts'
import { PageWriter } from './page-writer.ts'
import { prepareQuery } from './prepare-query.ts'
import type { QueryMetrics, QueryPage, QueryRequest } from './query-page.ts'
import { QueryRun } from './query-run.ts'
import type { RunClock, Steps } from './run-clock.ts'

const innerPageSize = 10_000

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
  const { values, metrics } = yield* rowsOf(store, container, request, { inner, clock })
  const { compiled: outer } = prepareQuery(store, container, overRows(query), {
    parameters: request.parameters,
    clock,
    computed: new Map(),
  })
  const results = runBlocking(outer, (visit) => {
    for (const value of values) if (outer.enumerate([value], visit)) return
  })
  const continuation = readContinuation(request.text, request.continuation)
  const first = continuation && 'offset' in continuation ? continuation.offset : 0
  const whole = { offset: 0, limit: Infinity }
  const writer = new PageWriter(request.pageSize, whole, { passed: 0, given: 0 })
  const isCut = results.slice(first).some(({ value }) => !writer.add(JSON.stringify(value)))
  const end = { offset: first + writer.rows.length }
  return {
    rows: writer.rows,
    continuation: isCut ? writeContinuation(request.text, end, longestContinuationCharacters) : undefined,
    metrics: { ...metrics, totalMs: clock.elapsedMs() },
  }
}

/** The same query over values that stand where the subquery did. */
function overRows(query: Query): Query {
  const [source, ...others] = query.from
  if (!source) return query
  const { alias, start, end } = source
  return { ...query, from: [{ ...source, source: { kind: 'name', name: alias, start, end } }, ...others] }
}

/** All rows of a subquery. */
function* rowsOf(
  store: AccountStore,
  container: OpenContainer,
  request: QueryRequest,
  { inner, clock }: { inner: Query; clock: RunClock },
): Steps<{ values: unknown[]; metrics: QueryMetrics }> {
  const values: unknown[] = []
  const asked = { ...request, text: printQuery(inner), pageSize: innerPageSize }
  let continuation: string | undefined
  for (;;) {
    const prepared = prepareQuery(store, container, inner, { parameters: request.parameters, clock })
    const page = yield* new QueryRun(store, container, { ...asked, continuation }, prepared).page()
    values.push(...page.rows.map((row) => JSON.parse(row) as unknown))
    if (page.continuation === undefined) return { values, metrics: page.metrics }
    continuation = page.continuation
  }
}
