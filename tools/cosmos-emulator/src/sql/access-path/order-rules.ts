import { badRequest } from '../../errors.ts'
import type { ContainerDefinition } from '../../storage/container-definition.ts'
import { hasCompositeIndex, isIncludedByName } from '../../storage/indexing-policy.ts'
import { isScore } from '../compile/scores.ts'
import type { Query } from '../syntax/ast.ts'
import { plainSqlError } from '../syntax/sql-error.ts'
import { documentPath, namesOf } from './where-terms.ts'

/**
 * Checks an ORDER BY against the container's indexes, as strictly as the service: what passes here passes there.
 * @returns whether documents without the property are in the result
 * @throws ServiceError 400
 */
export function checkOrder(
  query: Query,
  rootAlias: string | undefined,
  definition: ContainerDefinition,
): boolean {
  const [first, ...others] = query.orderBy
  // A document without a vector has no distance, and is not in the result.
  if (first && others.length === 0 && isScore(first.value)) return false
  const keys = query.orderBy.map(({ value, isDescending }) => {
    const path = rootAlias === undefined ? undefined : documentPath(value, rootAlias)
    if (path === undefined)
      throw plainSqlError(
        'Unsupported ORDER BY clause. ORDER BY item expression could not be mapped to a document path.',
      )
    return { path: namesOf(path), isDescending }
  })
  if (keys.length > 1) {
    if (!hasCompositeIndex(definition, keys)) throw missingComposite()
    return true
  }
  const [key] = keys
  // Documents without the sorted property are in its index only where the policy names the path itself.
  return key === undefined || isIncludedByName(definition, key.path)
}

function missingComposite(): Error {
  return badRequest(
    'The order by query does not have a corresponding composite index that it can be served from.',
  )
}
