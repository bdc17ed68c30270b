import { badRequest } from '../errors.ts'
import { isJsonObject, valueAt } from '../json.ts'

/** One component of a partition key; undefined where the document has no such property. */
export type KeyPart = string | number | boolean | null | undefined

const longestKeyBytes = 2048

/** Whether a value can be a component of a key as it stands; undefined, which stands for none, is not meant. */
export function isKeyPart(value: unknown): value is Exclude<KeyPart, undefined> {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value)
}

/** How a container takes the partition key from a document. */
export interface PartitionKeyDefinition {
  paths: string[]
  kind: 'Hash' | 'MultiHash'
  version?: number
  /** Whether the container was made without a partition key: its documents have none, and clients send an empty one. */
  systemKey?: boolean
}

/** A partition key, or a prefix of a hierarchical one, in the form in which it is stored and compared. */
export interface PartitionKey {
  parts: KeyPart[]
  text: string
}

/** The canonical text of a key: a JSON array in which `{}` stands for undefined, as on the wire. */
export function toPartitionKey(parts: KeyPart[]): PartitionKey {
  return { parts, text: JSON.stringify(parts.map((part) => (part === undefined ? {} : part))) }
}

/** Reads the partition key header; undefined when there is none. @throws ServiceError 400 */
export function parseKeyHeader(header: string | undefined): PartitionKey | undefined {
  if (header === undefined) return undefined
  let parsed: unknown
  try {
    parsed = JSON.parse(header)
  } catch {
    throw badRequest(`Partition key ${header} is invalid.`)
  }
  if (!Array.isArray(parsed)) throw badRequest(`Partition key ${header} is invalid.`)
  return toPartitionKey(parsed.map((part: unknown) => toKeyPart(part, header)))
}

function toKeyPart(part: unknown, header: string): KeyPart {
  // A number that is too large for JSON's readers has become infinite.
  if (isKeyPart(part) && part !== Infinity && part !== -Infinity) return part
  if (isJsonObject(part) && Object.keys(part).length === 0) return undefined
  throw badRequest(`Partition key ${header} is invalid.`)
}

/** Takes the partition key from a document; an object or an array counts as undefined. @throws ServiceError 400 */
export function extractKey(document: object, definition: PartitionKeyDefinition): PartitionKey {
  return toPartitionKey(
    namesOfPaths(definition).map((names) => {
      const value = valueAt(document, names)
      if (typeof value === 'string' && Buffer.byteLength(value) > longestKeyBytes)
        throw badRequest(`A partition key must not be longer than ${longestKeyBytes} bytes.`)
      return typeof value === 'object' && value !== null ? undefined : (value as KeyPart)
    }),
  )
}

/** The paths of a definition, cut into names; cut once, since each write asks for them. */
function namesOfPaths(definition: PartitionKeyDefinition): string[][] {
  let names = cutPaths.get(definition)
  if (!names) cutPaths.set(definition, (names = definition.paths.map(splitPath)))
  return names
}

const cutPaths = new WeakMap<PartitionKeyDefinition, string[][]>()

/** The names in a path such as `/a/"b c"/d`. */
export function splitPath(path: string): string[] {
  return [...path.matchAll(/\/(?:"((?:[^"\\]|\\.)*)"|([^/]*))/g)].map(
    ([, quoted, plain]) => quoted ?? plain ?? '',
  )
}

/**
 * A key with a component for each path of its container; undefined where it has fewer, or more. A container that was made
 * without a partition key has one of the system's own, for which clients send an empty key.
 */
export function wholeKey(
  key: PartitionKey,
  { paths, systemKey }: PartitionKeyDefinition,
): PartitionKey | undefined {
  if (systemKey === true && key.parts.length === 0) return toPartitionKey([undefined])
  return key.parts.length === paths.length ? key : undefined
}

/** The bounds of the stored texts of all keys that begin with this prefix: from inclusive, to exclusive. */
export function prefixBounds(prefix: PartitionKey): [string, string] {
  const open = prefix.text.slice(0, -1)
  // '-' follows ',' in ASCII, so this range holds exactly the keys with at least one more component.
  return [`${open},`, `${open}-`]
}
