import { badRequest } from '../errors.ts'
import { isJsonObject } from '../json.ts'
import type { JsonObject } from '../json.ts'

const modes = ['consistent', 'lazy', 'none']
const shapes = ['Point', 'LineString', 'Polygon', 'MultiPolygon']
const orders = ['ascending', 'descending']
const root = '/*'
const etagPath = '/"_etag"/?'
const compositePaths = { fewest: 2, most: 8 }

/** Labels, in quotes where they hold more than letters, and at the end a scalar (`?`) or all that is below (`*`). */
const indexPath = /^(?:\/(?:"[^"]*"|[^/"?*]+))*\/[?*]$/
const propertyPath = /^(?:\/(?:"[^"]*"|[^/"?*]+))+(?:\/\?)?$/

/** Checks an indexing policy and fills in the service's defaults. @throws ServiceError 400 */
export function toIndexingPolicy(value: unknown): JsonObject {
  const policy = value ?? {}
  if (!isJsonObject(policy)) throw badRequest('The indexing policy must be an object.')
  const mode = String(policy.indexingMode ?? 'consistent').toLowerCase()
  if (!modes.includes(mode)) throw badRequest(`The indexing mode '${mode}' is invalid.`)
  if (typeof (policy.automatic ?? true) !== 'boolean')
    throw badRequest("The field 'automatic' of the indexing policy must be true or false.")
  const indexingMode = { indexingMode: mode, automatic: policy.automatic ?? mode !== 'none' }
  if (mode === 'none') return { ...policy, ...indexingMode }
  return {
    ...policy,
    ...indexingMode,
    ...toPathSets(policy),
    ...(policy.compositeIndexes === undefined ? {} : { compositeIndexes: toComposites(policy) }),
    ...(policy.spatialIndexes === undefined ? {} : { spatialIndexes: toSpatials(policy) }),
  }
}

function toPathSets({ includedPaths, excludedPaths }: JsonObject): JsonObject {
  const included = toPaths(includedPaths, 'includedPaths')
  const excluded = toPaths(excludedPaths, 'excludedPaths')
  const twice = included.find(({ path }) => excluded.some((other) => other.path === path))
  if (twice) throw badRequest(`The path '${String(twice.path)}' is both included and excluded.`)
  const hasRoot = [...included, ...excluded].some(({ path }) => path === root)
  if (!hasRoot && included.length > 0)
    throw badRequest(
      `The special mandatory indexing path '${root}' is not provided in any of the path type sets: include or exclude it.`,
    )
  const hasEtag = excluded.some(({ path }) => path === etagPath)
  return {
    includedPaths: hasRoot ? included : [{ path: root }],
    excludedPaths: hasEtag ? excluded : [...excluded, { path: etagPath }],
  }
}

/** Paths as the service gives them back: the root is `/*`, also where it was written as `/`. */
function toPaths(value: unknown, name: string): JsonObject[] {
  return listOf(value, name).map((entry) => {
    const path = isJsonObject(entry) ? (entry.path === '/' ? root : entry.path) : undefined
    if (!isJsonObject(entry) || typeof path !== 'string' || !indexPath.test(path))
      throw badRequest(
        `The indexing path '${String(path)}' of the ${name} could not be accepted: it begins with a slash, ends with /? or /*, and has quotes around labels with other signs.`,
      )
    return { ...entry, path }
  })
}

function toComposites({ compositeIndexes }: JsonObject): JsonObject[][] {
  return listOf(compositeIndexes, 'compositeIndexes').map((index) => {
    const paths = listOf(index, 'compositeIndexes')
    const { fewest, most } = compositePaths
    if (paths.length < fewest || paths.length > most)
      throw badRequest(`A composite index has from ${fewest} to ${most} paths, not ${paths.length}.`)
    return paths.map((entry) => {
      if (!isJsonObject(entry) || typeof entry.path !== 'string' || !propertyPath.test(entry.path))
        throw badRequest('Each entry of a composite index must have the path of a property, such as /a/b.')
      const order = typeof entry.order === 'string' ? entry.order.toLowerCase() : 'ascending'
      if (!orders.includes(order))
        throw badRequest(
          `The order of ${entry.path} in a composite index must be ascending or descending, not '${order}'.`,
        )
      return { ...entry, order }
    })
  })
}

function toSpatials({ spatialIndexes }: JsonObject): JsonObject[] {
  return listOf(spatialIndexes, 'spatialIndexes').map((entry) => {
    if (!isJsonObject(entry) || typeof entry.path !== 'string' || !entry.path.startsWith('/'))
      throw badRequest('Each entry of the spatialIndexes must have a path, such as /place/*.')
    const types = listOf(entry.types, 'types of a spatial index')
    for (const type of types)
      if (!shapes.includes(String(type)))
        throw badRequest(
          `The types of the spatial index of ${entry.path} must be some of: ${shapes.join(', ')}.`,
        )
    return { ...entry, types: types.length > 0 ? types : shapes }
  })
}

function listOf(value: unknown, name: string): unknown[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw badRequest(`The ${name} must be an array.`)
  return value as unknown[]
}
