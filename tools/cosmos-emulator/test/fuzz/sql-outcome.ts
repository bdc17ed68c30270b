import { ServiceError, messageOf } from '../../src/errors.ts'
import { planOf } from '../../src/sql/query-plan/query-plan.ts'
import { queryValues } from '../../src/sql/query-values.ts'
import { parseQuery } from '../../src/sql/syntax/parse-query.ts'

const documents = [
  { id: '1', n: -2.5, text: 'Hello', none: null, yes: true, list: [3, 1, [2]], 'a b': { x: {} }, _ts: 1 },
  { id: '2', n: 7, text: '', list: [], t: [{ n: 1 }, null] },
]
const parameters = [{ name: '@p', value: [1, 'a', null, { x: 1 }] }]
const partitionKey = { paths: ['/tenantId'], kind: 'Hash' as const, version: 2 }
const placeholder = /\{documentdb-[^}]*\}/g

/** What became of a text: it ran, it was refused with a message, it took too long, or it should not have happened. */
export type SqlOutcome = 'ran' | 'refused' | 'too long' | { wrong: string }

/** Runs a text over a few documents, makes its plan, and parses the query that the plan tells clients to send. */
export function sqlOutcome(text: string): SqlOutcome {
  try {
    queryValues({ query: text, parameters }, documents, 0)
  } catch (error) {
    return refusal(error)
  }
  let rewritten: string
  try {
    const values = new Map(parameters.map(({ name, value }) => [name, value as unknown]))
    const plan = planOf(parseQuery(text), values, partitionKey)
    const [first] = 'queryInfo' in plan ? [plan.queryInfo] : plan.hybridSearchQueryInfo.componentQueryInfos
    rewritten = (first?.rewrittenQuery ?? '').replaceAll(placeholder, 'true')
  } catch (error) {
    // The service makes no plan of some queries, such as sums of aggregates.
    return refusal(error)
  }
  try {
    if (rewritten !== '') parseQuery(rewritten)
    return 'ran'
  } catch (error) {
    return { wrong: `Its plan cannot be parsed: ${rewritten}: ${messageOf(error)}` }
  }
}

function refusal(error: unknown): SqlOutcome {
  if (error instanceof ServiceError && error.message !== '') {
    if (error.status === 400) return 'refused'
    if (error.status === 408) return 'too long'
  }
  // The server answers this one with 400 and a message.
  if (error instanceof RangeError && error.message.includes('call stack')) return 'refused'
  return { wrong: error instanceof Error ? String(error.stack) : String(error) }
}
