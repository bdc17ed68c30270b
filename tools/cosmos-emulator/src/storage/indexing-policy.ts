import { isJsonObject } from '../json.ts'
import type { JsonObject } from '../json.ts'
import { splitPath } from '../partition/partition-key.ts'
import type { ContainerDefinition } from './container-definition.ts'
import type { IndexColumn } from './index-key.ts'

/** What an index is of. */
export interface IndexSpec {
  /** Sorted within each logical partition, or over the whole container. */
  isByPartition: boolean
  columns: IndexColumn[]
}

/** How many indexes a container is given at its creation. */
const mostDeclared = 6

/** A text that is the same for equal indexes. */
export function specKey({ isByPartition, columns }: IndexSpec): string {
  const names = columns.map(({ path, isDescending }) => [...path, isDescending ? 'DESC' : 'ASC'])
  return JSON.stringify([isByPartition, ...names])
}

/** Whether the policy lets a property be indexed: the most exact path that speaks of it decides. */
export function isPathIndexed({ indexingPolicy }: ContainerDefinition, path: readonly string[]): boolean {
  if (indexingPolicy.indexingMode === 'none') return false
  const [first] = path
  if (path.length === 1 && (first === 'id' || first === '_ts')) return true
  const depthOf = (paths: unknown): number =>
    Math.max(-1, ...pathsOf(paths).map((pattern) => matchDepth(pattern, path)))
  return depthOf(indexingPolicy.includedPaths) > depthOf(indexingPolicy.excludedPaths)
}

/** The indexes that a policy asks for by name: its composite indexes, and its paths that name one property. */
export function declaredIndexes(definition: ContainerDefinition): IndexSpec[] {
  const { indexingPolicy, partitionKey } = definition
  if (indexingPolicy.indexingMode === 'none') return []
  // Where every document is a partition of its own there is nothing to sort within one.
  const isByPartition = !partitionKey.paths.includes('/id')
  const singles = pathsOf(indexingPolicy.includedPaths)
    .filter((pattern) => pattern.endsWith('/?') && !pattern.includes('[]'))
    .map((pattern) => [{ path: splitPath(pattern.slice(0, -2)), isDescending: false }])
    .filter(([column]) => column && isPathIndexed(definition, column.path))
  const all = [...compositeIndexes(definition), ...singles]
  return all.slice(0, mostDeclared).map((columns) => ({ isByPartition, columns }))
}

/** The composite indexes of a policy, each with its first column ascending. */
export function compositeIndexes({ indexingPolicy }: ContainerDefinition): IndexColumn[][] {
  return listOf(indexingPolicy.compositeIndexes)
    .map((index) => compositeColumns(index))
    .filter((columns) => columns.length > 0)
}

/** Whether the policy has a composite index of these columns, in one direction or the other. */
export function hasCompositeIndex(definition: ContainerDefinition, columns: readonly IndexColumn[]): boolean {
  const key = columnsKey(ascendingFirst(columns))
  return compositeIndexes(definition).some((known) => columnsKey(known) === key)
}

/** Whether the policy includes a property by its own path, such as `/a/b/?`, and not by one above it. */
export function isIncludedByName({ indexingPolicy }: ContainerDefinition, path: readonly string[]): boolean {
  const key = JSON.stringify(path)
  return pathsOf(indexingPolicy.includedPaths).some(
    (pattern) => JSON.stringify(splitProperty(pattern)) === key,
  )
}

/** Columns of which the first ascends: read backwards, an index serves the opposite order too. */
export function ascendingFirst(columns: readonly IndexColumn[]): IndexColumn[] {
  const isTurned = columns[0]?.isDescending === true
  return columns.map(({ path, isDescending }) => ({ path, isDescending: isDescending !== isTurned }))
}

function compositeColumns(index: unknown): IndexColumn[] {
  return ascendingFirst(
    listOf(index)
      .filter((entry): entry is JsonObject => isJsonObject(entry))
      .map(({ path, order }) => ({
        path: splitProperty(String(path)),
        isDescending: order === 'descending',
      })),
  )
}

function columnsKey(columns: readonly IndexColumn[]): string {
  return JSON.stringify(columns.map(({ path, isDescending }) => [path, isDescending]))
}

/** The names of a property's path, which may end with `/?`. */
function splitProperty(path: string): string[] {
  return splitPath(path.replace(/\/\?$/, ''))
}

/** How many names of a path a pattern such as `/a/b/?` or `/a/*` speaks of, ends counted; -1 where it does not fit. */
function matchDepth(pattern: string, path: readonly string[]): number {
  const names = splitPath(pattern)
  const end = names.at(-1)
  const isOpen = end === '*'
  const fixed = isOpen || end === '?' ? names.slice(0, -1) : names
  const fits = fixed.every((name, at) => path[at] === name)
  if (!fits || (!isOpen && fixed.length !== path.length)) return -1
  return fixed.length * 2 + (isOpen ? 0 : 1)
}

function pathsOf(value: unknown): string[] {
  return listOf(value).flatMap((entry) =>
    isJsonObject(entry) && typeof entry.path === 'string' ? [entry.path] : [],
  )
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : []
}
