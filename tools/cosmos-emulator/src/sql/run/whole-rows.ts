import { badRequest } from '../../errors.ts'
import type { AccountStore, OpenContainer } from '../../storage/account-store.ts'
import type { Query } from '../syntax/ast.ts'
import { printQuery } from '../syntax/print-query.ts'
import { longestContinuationCharacters, readContinuation, writeContinuation } from './continuation.ts'
import { PageWriter } from './page-writer.ts'
import { prepareQuery } from './prepare-query.ts'
import type { QueryMetrics, QueryPage, QueryRequest } from './query-page.ts'
import { QueryRun } from './query-run.ts'
import type { RunClock, Steps } from './run-clock.ts'

const innerPageSize = 10_000
const mostCharacters = 64 * 1024 * 1024

/** All rows of a query within another. @throws ServiceError 400 where they are too large to be held at once */
export function* wholeRows(
  store: AccountStore,
  container: OpenContainer,
  request: QueryRequest,
  { inner, clock }: { inner: Query; clock: RunClock },
): Steps<{ values: unknown[]; metrics: QueryMetrics }> {
  const values: unknown[] = []
  const asked = { ...request, text: printQuery(inner), pageSize: innerPageSize }
  let continuation: string | undefined
  let characters = 0
  for (;;) {
    const prepared = prepareQuery(store, container, inner, { parameters: request.parameters, clock })
    const page = yield* new QueryRun(store, container, { ...asked, continuation }, prepared).page()
    characters += page.rows.reduce((sum, { length }) => sum + length, 0)
    if (characters > mostCharacters)
      throw badRequest(
        `The query needs more than ${mostCharacters / 2 ** 20} million characters of rows at once: narrow it with WHERE.`,
      )
    values.push(...page.rows.map((row) => JSON.parse(row) as unknown))
    if (page.continuation === undefined) return { values, metrics: page.metrics }
    continuation = page.continuation
  }
}

/** One page of results that are computed whole for each: the next goes on by its place. */
export function pageOfWhole(
  { record }: OpenContainer,
  request: QueryRequest,
  { results, metrics }: { results: readonly unknown[]; metrics: QueryMetrics },
): QueryPage {
  const owner = { text: request.text, containerRid: record.rid }
  const continuation = readContinuation(owner, request.continuation)
  const first = continuation && 'offset' in continuation ? continuation.offset : 0
  const whole = { offset: 0, limit: Infinity }
  const writer = new PageWriter(request.pageSize, whole, { passed: 0, given: 0 })
  const isCut = results.slice(first).some((value) => !writer.add(JSON.stringify(value)))
  const end = { offset: first + writer.rows.length }
  return {
    rows: writer.rows,
    continuation: isCut ? writeContinuation(owner, end, longestContinuationCharacters) : undefined,
    metrics,
  }
}
