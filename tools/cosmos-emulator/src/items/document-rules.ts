import { badRequest, tooLarge } from '../errors.ts'
import { isJsonObject, valueAt } from '../json.ts'
import type { JsonObject } from '../json.ts'
import { splitPath } from '../partition/partition-key.ts'
import { isTtl } from '../storage/container-definition.ts'
import type { ContainerDefinition } from '../storage/container-definition.ts'
import { systemProperties } from '../system-properties.ts'

const longestIdBytes = 1023
const largestDocumentBytes = 2 * 1024 * 1024
const deepestNesting = 128

/** A document that passed the service's rules, without system properties. */
export interface CheckedDocument {
  id: string
  ttl: number | null
  content: JsonObject
}

/** Checks a document before it is stored. @throws ServiceError 400 or 413 */
export function checkDocument(body: unknown): CheckedDocument {
  if (!isJsonObject(body))
    throw badRequest('The request payload is invalid: a document must be a JSON object.')
  const id = checkDocumentId(body.id)
  checkValues(body, deepestNesting)
  const content: JsonObject = { ...body }
  for (const name of systemProperties) delete content[name]
  const ttl = Object.hasOwn(body, 'ttl') ? body.ttl : undefined
  if (ttl !== undefined && !isTtl(ttl))
    throw badRequest(
      "The input ttl is invalid. Ensure to provide a nonzero positive integer less than or equal to '2147483647', or '-1' which means never expire.",
    )
  return { id, ttl: ttl ?? null, content }
}

function checkValues(value: object, levels: number): void {
  if (levels === 0) throw badRequest(`The document is nested more than ${deepestNesting} levels deep.`)
  for (const inner of Object.values(value) as unknown[]) {
    if (typeof inner === 'object' && inner !== null) checkValues(inner, levels - 1)
    // It would be stored as null.
    else if (inner === Infinity || inner === -Infinity)
      throw badRequest('The document holds a number that is too large for a 64-bit floating-point number.')
  }
}

/** Checks the id of a document. @throws ServiceError 400 */
export function checkDocumentId(id: unknown): string {
  if (typeof id !== 'string' || id === '')
    throw badRequest("The input content is invalid because the required properties - 'id; ' - are missing")
  if (Buffer.byteLength(id) > longestIdBytes) throw badRequest('The document id is longer than 1023 bytes.')
  if (!id.isWellFormed()) throw badRequest('The document id holds half of a surrogate pair.')
  if (/[/\\?#]/.test(id)) throw badRequest(`The document id '${id}' holds a character that is not allowed.`)
  return id
}

/** Refuses what is larger than a document may be. @throws ServiceError 413 */
export function checkDocumentSize(body: string): void {
  // One character is at most three bytes, so most documents need no second pass to be measured.
  if (body.length * 3 <= largestDocumentBytes) return
  if (Buffer.byteLength(body) > largestDocumentBytes) throw tooLarge('2 MB for a document')
}

/** When a document written at this time expires; null for never. */
export function expiryOf(ts: number, ttl: number | null, defaultTtl: number | undefined): number | null {
  if (defaultTtl === undefined) return null
  const seconds = ttl ?? defaultTtl
  return seconds === -1 ? null : ts + seconds
}

/** The values of a document under each unique key of its container: several paths form one key. */
export function uniqueKeyValues(document: object, definition: ContainerDefinition): string[] {
  return (definition.uniqueKeyPolicy?.uniqueKeys ?? []).map(({ paths }) =>
    JSON.stringify(paths.map((path) => valueAt(document, splitPath(path)) ?? null)),
  )
}
