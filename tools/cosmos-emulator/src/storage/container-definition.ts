import { badRequest } from '../errors.ts'
import { isJsonObject } from '../json.ts'
import type { JsonObject } from '../json.ts'
import type { PartitionKeyDefinition } from '../partition/partition-key.ts'
import { checkComputedProperties } from '../sql/compile/computed-properties.ts'
import type { ComputedPropertyDefinition } from '../sql/compile/computed-properties.ts'
import { checkPolicies } from './container-policies.ts'
import { toIndexingPolicy } from './indexing-policy-rules.ts'

/** What a container is told at its creation; fields unknown here are stored and given back. */
export interface ContainerDefinition extends JsonObject {
  id: string
  partitionKey: PartitionKeyDefinition
  indexingPolicy: JsonObject
  defaultTtl?: number
  uniqueKeyPolicy?: { uniqueKeys: { paths: string[] }[] }
  computedProperties?: ComputedPropertyDefinition[]
  /** For how many minutes all versions and deletes are kept for the change feed. */
  changeFeedPolicy?: { retentionDuration: number }
}

const longestId = 255
const mostKeyLevels = 3

/** Labels, in quotes where they hold signs of their own: a key is one value, never several. */
const keyPath = /^(?:\/(?:"[^"]*"|[^/"*?[\]]+))+$/

const mostUniqueKeys = 10
const mostPathsPerUniqueKey = 16

/** Checks the id of a database or a container. @throws ServiceError 400 */
export function checkResourceId(id: unknown): asserts id is string {
  if (typeof id !== 'string' || id === '')
    throw badRequest('The input name is invalid: it must not be empty.')
  if (id.length > longestId || !id.isWellFormed() || /[/\\?#]|\s$/.test(id))
    throw badRequest(
      `The input name '${id}' is invalid. Ensure to provide a unique non-empty string less than '255' characters.`,
    )
}

/** Checks what was sent and fills in the service's defaults. @throws ServiceError 400 */
export function toContainerDefinition(body: JsonObject): ContainerDefinition {
  checkResourceId(body.id)
  const definition: JsonObject = { ...body }
  for (const key of Object.keys(definition)) if (key.startsWith('_')) delete definition[key]
  checkPolicies(body)
  return {
    ...definition,
    id: body.id,
    partitionKey: checkPartitionKey(body.partitionKey),
    indexingPolicy: toIndexingPolicy(body.indexingPolicy),
    ...checkDefaultTtl(body.defaultTtl),
    ...checkComputedProperties(body.computedProperties),
    ...checkChangeFeedPolicy(body.changeFeedPolicy),
    ...(body.uniqueKeyPolicy === undefined ? {} : { uniqueKeyPolicy: checkUniqueKeys(body.uniqueKeyPolicy) }),
    conflictResolutionPolicy: checkConflictPolicy(body.conflictResolutionPolicy),
  }
}

function checkPartitionKey(value: unknown): PartitionKeyDefinition {
  if (value === undefined) return { paths: ['/_partitionKey'], kind: 'Hash', version: 2, systemKey: true }
  if (!isJsonObject(value) || !Array.isArray(value.paths) || value.paths.length === 0)
    throw badRequest('The partition key definition has no paths.')
  const paths = value.paths as unknown[]
  for (const path of paths)
    if (typeof path !== 'string' || !keyPath.test(path))
      throw badRequest(`The partition key component definition path '${String(path)}' is invalid.`)
  if (new Set(paths).size < paths.length)
    throw badRequest('The partition key definition has the same path twice.')
  if (value.kind !== undefined && value.kind !== 'Hash' && value.kind !== 'MultiHash')
    throw badRequest('The kind of a partition key must be Hash or MultiHash.')
  if (value.version !== undefined && value.version !== 1 && value.version !== 2)
    throw badRequest('The version of a partition key must be 1 or 2.')
  if (value.kind === 'MultiHash' && value.version === 1)
    throw badRequest('A hierarchical partition key must be of the version 2.')
  const kind = value.kind ?? 'Hash'
  if (kind === 'Hash' && paths.length > 1)
    throw badRequest('A hierarchical partition key must be of the kind MultiHash.')
  if (paths.length > mostKeyLevels)
    throw badRequest(`Too many partition key paths: at most ${mostKeyLevels} are allowed.`)
  return { ...value, paths: paths as string[], kind, ...(kind === 'MultiHash' ? { version: 2 } : {}) }
}

function checkConflictPolicy(value: unknown): JsonObject {
  if (value === undefined || value === null)
    return { mode: 'LastWriterWins', conflictResolutionPath: '/_ts', conflictResolutionProcedure: '' }
  if (!isJsonObject(value) || (value.mode !== 'LastWriterWins' && value.mode !== 'Custom'))
    throw badRequest('The mode of the conflictResolutionPolicy must be LastWriterWins or Custom.')
  return value
}

function checkDefaultTtl(value: unknown): { defaultTtl?: number } {
  if (value === undefined || value === null) return {}
  if (!isTtl(value)) throw badRequest('The default time to live must be a positive integer or -1.')
  return { defaultTtl: value }
}

function checkChangeFeedPolicy(value: unknown): Pick<ContainerDefinition, 'changeFeedPolicy'> {
  if (value === undefined || value === null) return {}
  const minutes = isJsonObject(value) ? (value.retentionDuration ?? 0) : undefined
  if (typeof minutes !== 'number' || !Number.isInteger(minutes) || minutes < 0)
    throw badRequest('The retentionDuration of the change feed policy must be a whole number of minutes.')
  return { changeFeedPolicy: { retentionDuration: minutes } }
}

/** Whether a value may be a time to live: -1 for never, or seconds. */
export function isTtl(value: unknown): value is number {
  return (
    typeof value === 'number' &&
    Number.isInteger(value) &&
    (value === -1 || (value > 0 && value <= 2 ** 31 - 1))
  )
}

function checkUniqueKeys(value: unknown): { uniqueKeys: { paths: string[] }[] } {
  const keys = isJsonObject(value) && Array.isArray(value.uniqueKeys) ? (value.uniqueKeys as unknown[]) : []
  if (keys.length > mostUniqueKeys)
    throw badRequest(`The unique key policy has ${keys.length} keys: at most ${mostUniqueKeys} are allowed.`)
  return {
    uniqueKeys: keys.map((key) => {
      const paths = isJsonObject(key) && Array.isArray(key.paths) ? (key.paths as unknown[]) : []
      if (paths.length === 0 || !paths.every((path) => typeof path === 'string' && path.startsWith('/')))
        throw badRequest('The unique key policy has a key without valid paths.')
      if (paths.length > mostPathsPerUniqueKey)
        throw badRequest(
          `A unique key has ${paths.length} paths: at most ${mostPathsPerUniqueKey} are allowed.`,
        )
      return { paths: paths as string[] }
    }),
  }
}
