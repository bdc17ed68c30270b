import { isJsonObject } from '../json.ts'
import type { JsonObject } from '../json.ts'

/** The version of the format, in the first line: `{"cosmosExport":1}`. */
export const formatVersion = 1

/** Resources of a database or of a container that are moved as they are: the name of their lines, their part of the path, their feed. */
export const smallResources = {
  clientEncryptionKey: { of: 'database', part: 'clientencryptionkeys', plural: 'ClientEncryptionKeys' },
  storedProcedure: { of: 'container', part: 'sprocs', plural: 'StoredProcedures' },
  trigger: { of: 'container', part: 'triggers', plural: 'Triggers' },
  userDefinedFunction: { of: 'container', part: 'udfs', plural: 'UserDefinedFunctions' },
} as const

/** The kinds of resources that have a line of their own. */
export type SmallResourceKind = keyof typeof smallResources

/**
 * One line of an export: an object with one property, its kind. What follows a `database` is in it until the next one, what follows a
 * `container` in that container. `offer` is its throughput, as in an offer's `content`.
 */
export type TransferLine =
  | { kind: 'cosmosExport'; version: unknown }
  | { kind: 'database'; body: JsonObject & { id: string }; offer?: JsonObject }
  | { kind: 'container'; body: JsonObject & { id: string }; offer?: JsonObject }
  | { kind: SmallResourceKind; body: JsonObject & { id: string } }
  | { kind: 'document'; body: JsonObject & { id: string } }

/** The line's text, without its end. */
export function writeLine(line: TransferLine): string {
  if (line.kind === 'cosmosExport') return JSON.stringify({ cosmosExport: line.version })
  const offer = 'offer' in line && line.offer ? { offer: line.offer } : {}
  return JSON.stringify({ [line.kind]: line.body, ...offer })
}

/** @throws Error that says what is wrong with the line */
export function readLine(text: string): TransferLine {
  const value = parseLine(text)
  const { offer, ...rest } = value
  const [kind = '', ...others] = Object.keys(rest)
  if (others.length > 0 || !isKind(kind))
    throw new Error(
      `A line holds one of ${kinds.join(', ')}; this one holds ${Object.keys(value).join(', ') || 'nothing'}.`,
    )
  const body = rest[kind]
  if (kind === 'cosmosExport') return { kind, version: body }
  if (!isJsonObject(body) || typeof body.id !== 'string') throw new Error(`The ${kind} has no id.`)
  if (offer !== undefined && !isJsonObject(offer)) throw new Error('The offer must be an object.')
  const identified = body as JsonObject & { id: string }
  return kind === 'database' || kind === 'container'
    ? { kind, body: identified, ...(offer ? { offer } : {}) }
    : { kind, body: identified }
}

/** A resource without what the service adds to it. */
export function withoutSystemProperties(resource: JsonObject): JsonObject & { id: string } {
  const own = Object.entries(resource).filter(([name]) => !systemProperties.has(name))
  return Object.fromEntries(own) as JsonObject & { id: string }
}

const systemProperties = new Set(
  '_rid _self _etag _ts _attachments _docs _sprocs _triggers _udfs _conflicts _colls _users'.split(' '),
)

const kinds = [
  'cosmosExport',
  'database',
  'container',
  ...Object.keys(smallResources),
  'document',
] as TransferLine['kind'][]

function isKind(name: string): name is TransferLine['kind'] {
  return (kinds as string[]).includes(name)
}

function parseLine(text: string): JsonObject {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Error('It is not valid JSON.')
  }
  if (!isJsonObject(value)) throw new Error('It must be a JSON object.')
  return value
}
