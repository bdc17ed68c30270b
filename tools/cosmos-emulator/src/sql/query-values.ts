import type { JsonObject } from '../json.ts'
import { defaultQuerySettings } from '../storage/query-settings.ts'
import { compileMainQuery } from './compile/compile-query.ts'
import { runBlocking } from './compile/run-blocking.ts'
import { readQueryBody } from './query-body.ts'
import { RunClock } from './run/run-clock.ts'
import { parseQuery } from './syntax/parse-query.ts'

/**
 * Runs a query over a few values in memory: how databases, containers and offers are queried. `nowMs` is the time of the date functions.
 * @throws ServiceError 400 or 408
 */
export function queryValues(body: unknown, values: readonly JsonObject[], nowMs: number): unknown[] {
  const { text, parameters } = readQueryBody(body)
  const compiled = compileMainQuery(parseQuery(text), {
    parameters,
    computed: new Map(),
    nowMs,
    nextSlot: 1,
    rootSlot: 0,
    checkTime: new RunClock(defaultQuerySettings).check,
  })
  return runBlocking(compiled, (visit) => {
    for (const value of values) if (compiled.enumerate([value], visit)) return
  }).map(({ value }) => value)
}
