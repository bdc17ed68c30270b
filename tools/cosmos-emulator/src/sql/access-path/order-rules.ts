import { badRequest } from '../../errors.ts'
import { isJsonObject } from '../../json.ts'
import type { ContainerDefinition } from '../../storage/container-definition.ts'
import { isScore } from '../query-plan/rank.ts'
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
    return { path: toIndexPath(namesOf(path)), isDescending }
  })
  if (keys.length > 1) {
    if (!hasComposite(keys, definition)) throw missingComposite()
    return true
  }
  const [key] = keys
  return key === undefined || isNamed(key.path, definition)
}

interface OrderKey {
  path: string
  isDescending: boolean
}

function missingComposite(): Error {
  return badRequest(
    'The order by query does not have a corresponding composite index that it can be served from.',
  )
}

function toIndexPath(names: readonly string[]): string {
  return names.map((name) => `/${name}`).join('')
}

function normalise(path: unknown): string {
  return String(path).replace(/\/\?$/, '').replaceAll('"', '')
}

function hasComposite(keys: readonly OrderKey[], { indexingPolicy }: ContainerDefinition): boolean {
  const indexes: unknown = indexingPolicy.compositeIndexes
  if (!Array.isArray(indexes)) return false
  return indexes.some((index: unknown) => {
    if (!Array.isArray(index) || index.length !== keys.length) return false
    const orders = index.map((entry: unknown, at) => {
      const key = keys[at]
      if (!isJsonObject(entry) || !key || normalise(entry.path) !== key.path) return undefined
      return (entry.order === 'descending') === key.isDescending
    })
    return orders.every((isSame) => isSame === true) || orders.every((isSame) => isSame === false)
  })
}

/** Documents without the sorted property are in its index only where the policy names the path itself. */
function isNamed(path: string, { indexingPolicy }: ContainerDefinition): boolean {
  const included: unknown = indexingPolicy.includedPaths
  return (
    Array.isArray(included) && included.some((entry) => isJsonObject(entry) && normalise(entry.path) === path)
  )
}
