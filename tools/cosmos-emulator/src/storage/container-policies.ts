import { badRequest } from '../errors.ts'
import { isJsonObject } from '../json.ts'
import type { JsonObject } from '../json.ts'
import { checkVectorIndex } from './vector-index-rules.ts'

const vectorTypes = ['float32', 'float16', 'int8', 'uint8']
const distanceFunctions = ['cosine', 'dotproduct', 'euclidean']
const mostDimensions = 4096
const languages = ['en-US', 'de-DE', 'es-ES', 'fr-FR', 'it-IT', 'pt-BR', 'pt-PT']

/** Checks the policies of a container for shapes, vectors and texts, and that its indexes agree with them. @throws ServiceError 400 */
export function checkPolicies({
  geospatialConfig,
  vectorEmbeddingPolicy,
  fullTextPolicy,
  indexingPolicy,
}: JsonObject): void {
  checkGeospatialConfig(geospatialConfig)
  const dimensions = vectorDimensions(vectorEmbeddingPolicy)
  const texts = fullTextPaths(fullTextPolicy)
  const indexes = isJsonObject(indexingPolicy) ? indexingPolicy : {}
  for (const { path, entry } of entriesOf(indexes.vectorIndexes, 'vectorIndexes'))
    checkVectorIndex(path, entry, dimensionsAt(path, dimensions))
  for (const { path } of entriesOf(indexes.fullTextIndexes, 'fullTextIndexes'))
    if (!texts.has(path))
      throw badRequest(
        `The path of the Full Text Index ${path} does not match the path specified in the Full Text Policy.`,
      )
}

function checkGeospatialConfig(value: unknown): void {
  if (value === undefined || value === null) return
  const type = isJsonObject(value) ? value.type : undefined
  if (type !== 'Geography' && type !== 'Geometry')
    throw badRequest("The type of the geospatialConfig must be 'Geography' or 'Geometry'.")
}

function vectorDimensions(policy: unknown): Map<string, number> {
  if (policy === undefined || policy === null) return new Map()
  if (!isJsonObject(policy)) throw badRequest('The vectorEmbeddingPolicy must be an object.')
  const embeddings = entriesOf(policy.vectorEmbeddings, 'vectorEmbeddings')
  return new Map(
    embeddings.map(({ path, entry }) => {
      const { dataType, distanceFunction, dimensions } = entry
      if (!vectorTypes.includes(String(dataType).toLowerCase()))
        throw badRequest(`The dataType of the vectors at ${path} must be one of: ${vectorTypes.join(', ')}.`)
      if (!distanceFunctions.includes(String(distanceFunction).toLowerCase()))
        throw badRequest(
          `The distanceFunction of the vectors at ${path} must be one of: ${distanceFunctions.join(', ')}.`,
        )
      if (!Number.isInteger(dimensions) || Number(dimensions) < 1 || Number(dimensions) > mostDimensions)
        throw badRequest(`The dimensions of the vectors at ${path} must be from 1 to ${mostDimensions}.`)
      return [path, Number(dimensions)]
    }),
  )
}

function dimensionsAt(path: string, dimensions: Map<string, number>): number {
  const size = dimensions.get(path)
  if (size === undefined)
    throw badRequest(`The Vector Indexing Policy's path::${path} not matching in Embedding's path.`)
  return size
}

function fullTextPaths(policy: unknown): Set<string> {
  if (policy === undefined || policy === null) return new Set()
  if (!isJsonObject(policy)) throw badRequest('The fullTextPolicy must be an object.')
  const { defaultLanguage, fullTextPaths: paths } = policy
  checkLanguage(defaultLanguage)
  return new Set(
    entriesOf(paths, 'fullTextPaths').map(({ path, entry }) => {
      if (/\*|\[\]/.test(path))
        throw badRequest(`The path ${path} of the Full Text Policy cannot hold a wildcard.`)
      checkLanguage(entry.language)
      return path
    }),
  )
}

function checkLanguage(value: unknown): void {
  if (value !== undefined && !languages.includes(String(value)))
    throw badRequest(
      `The Full Text Policy contains an unsupported language ${String(value)}. Supported languages are: ${languages.join(', ')}.`,
    )
}

/** The entries of a list of paths. @throws ServiceError 400 for one without a path, or with one twice */
function entriesOf(value: unknown, list: string): { path: string; entry: JsonObject }[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw badRequest(`The ${list} must be an array.`)
  const seen = new Set<string>()
  return (value as unknown[]).map((entry) => {
    const path = isJsonObject(entry) ? entry.path : undefined
    if (!isJsonObject(entry) || typeof path !== 'string' || !path.startsWith('/'))
      throw badRequest(`Each of the ${list} must have a path that begins with a slash.`)
    if (seen.has(path)) throw badRequest(`The ${list} have the path ${path} more than once.`)
    seen.add(path)
    return { path, entry }
  })
}
