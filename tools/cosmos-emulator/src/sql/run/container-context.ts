import { isJsonObject } from '../../json.ts'
import { userFunctions } from '../../scripts/user-functions.ts'
import type { AccountStore, OpenContainer } from '../../storage/account-store.ts'
import { readComputedProperties } from '../compile/computed-properties.ts'
import type { CompileContext } from '../compile/scope.ts'
import { distanceFunctionsOf } from '../compile/vector-distance.ts'

/** What queries over a container know of it, and of the time. @throws ServiceError 400 */
export function containerContext(
  store: AccountStore,
  container: OpenContainer,
): Pick<CompileContext, 'computed' | 'isFlat' | 'distanceFunctions' | 'nowMs' | 'userDefined'> {
  const { computedProperties, geospatialConfig, vectorEmbeddingPolicy } = container.record.definition
  return {
    computed: readComputedProperties(computedProperties),
    isFlat: isJsonObject(geospatialConfig) && geospatialConfig.type === 'Geometry',
    distanceFunctions: distanceFunctionsOf(vectorEmbeddingPolicy),
    nowMs: Math.floor(store.clock()),
    userDefined: userFunctions(store, container),
  }
}
