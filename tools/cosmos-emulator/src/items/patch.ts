import { badRequest } from '../errors.ts'
import { isJsonObject, ownProperty, setProperty } from '../json.ts'
import type { JsonObject } from '../json.ts'
import { splitPath } from '../partition/partition-key.ts'
import { systemProperties } from '../system-properties.ts'

const mostOperations = 10
const deepestPath = 100
const refusedRoots = ['id', ...systemProperties]

/** Applies patch operations to a document, in place and in order. @throws ServiceError 400 */
export function applyPatch(document: JsonObject, operations: unknown, keyPaths: readonly string[]): void {
  if (!Array.isArray(operations) || operations.length === 0)
    throw badRequest('A patch request must hold at least one operation.')
  if (operations.length > mostOperations)
    throw badRequest(`The number of patch operations can't exceed '${mostOperations}'.`)
  for (const operation of operations as unknown[]) {
    if (!isJsonObject(operation)) throw badRequest('A patch operation must be a JSON object.')
    applyOperation(document, operation, keyPaths)
  }
}

function applyOperation(document: JsonObject, operation: JsonObject, keyPaths: readonly string[]): void {
  const place = locate(document, operation.path, keyPaths)
  switch (operation.op) {
    case 'add':
      add(place, requireValue(operation))
      return
    case 'set':
      set(place, requireValue(operation))
      return
    case 'replace':
      if (read(place) === undefined) throw missing(place)
      set(place, requireValue(operation))
      return
    case 'remove':
      remove(place)
      return
    case 'incr':
    case 'increment':
      increment(place, operation.value)
      return
    case 'move': {
      const from = locate(document, operation.from, keyPaths)
      const value = read(from)
      if (value === undefined) throw missing(from)
      if (`${place.path}/`.startsWith(`${from.path}/`) && place.path !== from.path)
        throw badRequest(`A patch cannot move '${from.path}' into itself.`)
      remove(from)
      set(locate(document, operation.path, keyPaths), value)
      return
    }
    default:
      throw badRequest(`The patch operation '${String(operation.op)}' is not known.`)
  }
}

interface Place {
  parent: JsonObject | unknown[]
  key: string
  path: string
}

function locate(document: JsonObject, path: unknown, keyPaths: readonly string[]): Place {
  if (typeof path !== 'string' || !path.startsWith('/') || path.length < 2)
    throw badRequest(`The patch path '${String(path)}' is invalid.`)
  const names = path
    .slice(1)
    .split('/')
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'))
  if (names.length > deepestPath) throw badRequest(`The patch path '${path}' is too deep.`)
  if (refusedRoots.includes(names[0] ?? ''))
    throw badRequest(`The property '/${names[0]}' cannot be patched.`)
  if (keyPaths.some((keyPath) => isWithin(splitPath(keyPath), names)))
    throw badRequest(`The partition key property '${path}' cannot be patched.`)
  let parent: unknown = document
  for (const name of names.slice(0, -1)) parent = child(parent, name)
  if (typeof parent !== 'object' || parent === null)
    throw badRequest(`For the patch path '${path}', the parent does not exist.`)
  return { parent: parent as JsonObject | unknown[], key: names.at(-1) ?? '', path }
}

/** Whether what a path names is this property, or holds it. */
function isWithin(keyNames: readonly string[], names: readonly string[]): boolean {
  return names.length <= keyNames.length && names.every((name, index) => name === keyNames[index])
}

function child(parent: unknown, name: string): unknown {
  if (Array.isArray(parent)) return parent[toIndex(name) ?? -1]
  return isJsonObject(parent) ? ownProperty(parent, name) : undefined
}

function toIndex(name: string): number | undefined {
  return /^(?:0|[1-9]\d{0,8})$/.test(name) ? Number(name) : undefined
}

function read({ parent, key }: Place): unknown {
  return child(parent, key)
}

function add(place: Place, value: unknown): void {
  const { parent, key } = place
  if (!Array.isArray(parent)) return setProperty(parent, key, value)
  if (key === '-') {
    parent.push(value)
    return
  }
  const index = toIndex(key)
  if (index === undefined || index > parent.length) throw missing(place)
  parent.splice(index, 0, value)
}

function set(place: Place, value: unknown): void {
  const { parent, key } = place
  if (!Array.isArray(parent)) return setProperty(parent, key, value)
  const index = key === '-' ? parent.length : toIndex(key)
  if (index === undefined || index > parent.length) throw missing(place)
  parent[index] = value
}

function remove(place: Place): void {
  const { parent, key } = place
  if (read(place) === undefined) throw missing(place)
  if (Array.isArray(parent)) parent.splice(Number(key), 1)
  else delete parent[key]
}

function increment(place: Place, by: unknown): void {
  const current = read(place)
  if (typeof by !== 'number') throw badRequest(`The patch increment of '${place.path}' is not a number.`)
  if (current !== undefined && typeof current !== 'number')
    throw badRequest(`The patch path '${place.path}' does not hold a number.`)
  const sum = (current ?? 0) + by
  if (!Number.isFinite(sum))
    throw badRequest(`The patch increment of '${place.path}' leads out of the numbers.`)
  set(place, sum)
}

function requireValue(operation: JsonObject): unknown {
  if (!Object.hasOwn(operation, 'value'))
    throw badRequest(`The patch operation '${String(operation.op)}' has no value.`)
  return operation.value
}

function missing({ path }: Place): Error {
  return badRequest(`The patch path '${path}' does not exist in the document.`)
}
