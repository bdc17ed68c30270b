import { badRequest } from '../errors.ts'
import type { JsonObject } from '../json.ts'

const types = ['flat', 'quantizedFlat', 'diskANN']
const searchListSize = { fewest: 25, most: 500 }
const mostQuantizedBytes = 512

/** Checks one of the `vectorIndexes` of an indexing policy, over vectors of so many dimensions. @throws ServiceError 400 */
export function checkVectorIndex(path: string, index: JsonObject, dimensions: number): void {
  const type = types.find((name) => name.toLowerCase() === String(index.type).toLowerCase())
  if (!type) throw badRequest(`The type of the vector index at ${path} must be one of: ${types.join(', ')}.`)
  const mostBytes = Math.min(dimensions, mostQuantizedBytes)
  checkNumber(path, index, 'quantizationByteSize', { fewest: 1, most: mostBytes })
  checkNumber(path, index, 'indexingSearchListSize', searchListSize)
  const { vectorIndexShardKey: shardKey } = index
  if (isGiven(shardKey) && !(Array.isArray(shardKey) && shardKey.every((key) => /^\/./.test(String(key)))))
    throw badRequest(`The vectorIndexShardKey of the vector index at ${path} must be an array of paths.`)
  if (type === 'flat')
    refuse(path, index, ['quantizationByteSize', 'vectorIndexShardKey'], 'quantizedFlat and diskANN')
  if (type !== 'diskANN') refuse(path, index, ['indexingSearchListSize'], 'diskANN')
}

function checkNumber(
  path: string,
  index: JsonObject,
  name: string,
  { fewest, most }: { fewest: number; most: number },
): void {
  const value = index[name]
  if (!isGiven(value)) return
  if (!Number.isInteger(value) || Number(value) < fewest || Number(value) > most)
    throw badRequest(`The ${name} of the vector index at ${path} must be from ${fewest} to ${most}.`)
}

function refuse(path: string, index: JsonObject, names: readonly string[], where: string): void {
  const name = names.find((candidate) => isGiven(index[candidate]))
  if (name !== undefined) throw badRequest(`The ${name} of the vector index at ${path} is only for ${where}.`)
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null
}
