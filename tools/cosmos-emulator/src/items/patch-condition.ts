import { badRequest } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { compileMainQuery } from '../sql/compile/compile-query.ts'
import { parseOnce } from '../sql/run-query.ts'
import { containerContext } from '../sql/run/container-context.ts'
import { RunClock } from '../sql/run/run-clock.ts'
import type { AccountStore, OpenContainer } from '../storage/account-store.ts'

/** Makes the condition of a patch (`from c where ...`) into a test of the stored document. @throws ServiceError 400 */
export function patchCondition(
  condition: unknown,
  store: AccountStore,
  container: OpenContainer,
): (document: JsonObject) => boolean {
  if (condition === undefined || condition === null || condition === '') return () => true
  if (typeof condition !== 'string') throw badRequest('The condition of a patch must be text.')
  const compiled = compileMainQuery(parseOnce(`SELECT * ${condition}`), {
    parameters: new Map(),
    ...containerContext(store, container),
    nextSlot: 1,
    rootSlot: 0,
    checkTime: new RunClock(store.settings).check,
  })
  return (document) => compiled.enumerate([document], () => true)
}
