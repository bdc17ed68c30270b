import type { AccountStore, OpenContainer } from '../../storage/account-store.ts'
import { compileMainQuery } from '../compile/compile-query.ts'
import type { CompiledQuery } from '../compile/compiled-query.ts'
import type { ComputedProperty } from '../compile/scope.ts'
import type { Query } from '../syntax/ast.ts'
import { containerContext } from './container-context.ts'
import type { RunClock } from './run-clock.ts'

/** A query over a container that is ready to run. */
export interface PreparedQuery {
  query: Query
  compiled: CompiledQuery
  computed: ReadonlyMap<string, ComputedProperty>
  clock: RunClock
  compileMs: number
}

/** What a query is run with, beside its container. */
export interface QuerySetting {
  parameters: ReadonlyMap<string, unknown>
  clock: RunClock
  /** The computed properties, where they are not the container's: rows of a subquery have none. */
  computed?: PreparedQuery['computed']
}

/** Makes a query over a container ready to run. @throws ServiceError 400 */
export function prepareQuery(
  store: AccountStore,
  container: OpenContainer,
  query: Query,
  { parameters, clock, computed }: QuerySetting,
): PreparedQuery {
  const context = { ...containerContext(store, container), ...(computed && { computed }) }
  const compiled = compileMainQuery(query, {
    ...context,
    parameters,
    nextSlot: 1,
    rootSlot: 0,
    checkTime: clock.check,
  })
  return { query, compiled, computed: context.computed, clock, compileMs: clock.elapsedMs() }
}
