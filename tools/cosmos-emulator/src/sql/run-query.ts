import type { AccountStore, OpenContainer } from '../storage/account-store.ts'
import { rankingOf } from './query-plan/rank.ts'
import { prepareQuery } from './run/prepare-query.ts'
import type { QueryPage, QueryRequest } from './run/query-page.ts'
import { QueryRun } from './run/query-run.ts'
import { rankedPage } from './run/ranked-run.ts'
import { RunClock } from './run/run-clock.ts'
import type { Steps } from './run/run-clock.ts'
import { subqueryPage, wholeSubquery } from './run/subquery-run.ts'
import type { Query } from './syntax/ast.ts'
import { parseQuery } from './syntax/parse-query.ts'

const mostParsed = 500
const longestKeptCharacters = 16 * 1024
const parsed = new Map<string, Query>()

/** Runs a query, one page of it, to its end. @throws ServiceError 400 or 408 */
export function runQuery(store: AccountStore, container: OpenContainer, request: QueryRequest): QueryPage {
  const { steps } = begin(store, container, request)
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

/** Runs a query, one page of it, and lets others have their turn between its steps. @throws ServiceError 400, 404 or 408 */
export async function runQueryInTurns(
  store: AccountStore,
  container: OpenContainer,
  request: QueryRequest,
): Promise<QueryPage> {
  const { steps, clock } = begin(store, container, request)
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
    await clock.pause()
  }
}

function begin(
  store: AccountStore,
  container: OpenContainer,
  request: QueryRequest,
): { steps: Steps<QueryPage>; clock: RunClock } {
  const clock = new RunClock(store.settings)
  const query = parseOnce(request.text)
  const ranking = rankingOf(query, request.parameters)
  if (ranking) return { steps: rankedPage(store, container, request, { query, ranking, clock }), clock }
  const prepared = prepareQuery(store, container, query, { parameters: request.parameters, clock })
  const inner = wholeSubquery(query)
  const steps = inner
    ? subqueryPage(store, container, request, { query, inner, clock })
    : new QueryRun(store, container, request, prepared).page()
  return { steps, clock }
}

/** Parses a query, or takes the tree of the same text parsed before. @throws ServiceError 400 */
export function parseOnce(text: string): Query {
  const known = parsed.get(text)
  if (known) return known
  const query = parseQuery(text)
  if (text.length > longestKeptCharacters) return query
  if (parsed.size >= mostParsed) parsed.clear()
  parsed.set(text, query)
  return query
}
