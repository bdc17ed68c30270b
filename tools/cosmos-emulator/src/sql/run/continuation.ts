import { createHash } from 'node:crypto'

import { badRequest } from '../../errors.ts'
import { isJsonObject } from '../../json.ts'
import type { Progress } from './page-writer.ts'

// A client that merges partitions puts a condition of its own into the query that a plan gave it, and another when it goes on.
const resumeCondition = /^(SELECT [^\n]* AS orderByItems, [^\n]*\nFROM [^]*?)\nWHERE [^\n]*/

/** How long a token may be: more does not fit into the headers of a request. */
export const longestContinuationCharacters = 8 * 1024

/** Where a result that comes document by document goes on. */
export interface ResumePosition extends Progress {
  /** The last document that is done with. */
  after?: { rid: number; keys: unknown[] }
  /** A document of which some rows have been given: how many of its rows are done with. */
  partial?: { rid: number; skip: number }
}

/** The same place, where its keys are too long for a token: after a document, as long as that has the keys of this digest. */
export interface DocumentPosition extends Omit<ResumePosition, 'after'> {
  after: { rid: number; digest: string }
}

/** A continuation token: the whole state, so that it outlives the process. An offset counts results, where nothing better tells the place. */
export type Continuation = { position: ResumePosition } | { document: DocumentPosition } | { offset: number }

/** What a token is good for: a query text, over one container. */
export interface TokenOwner {
  text: string
  containerRid: string
}

/** Writes a token of at most `longest` characters that is good for this owner alone. */
export function writeContinuation(owner: TokenOwner, continuation: Continuation, longest: number): string {
  const token = toToken(owner, continuation)
  const after = 'position' in continuation ? continuation.position.after : undefined
  if (token.length <= longest || !('position' in continuation) || !after) return token
  const document = { ...continuation.position, after: { rid: after.rid, digest: digestOf(after.keys) } }
  return toToken(owner, { document })
}

/** Tells keys from others without repeating them. */
export function digestOf(keys: readonly unknown[]): string {
  return hash(JSON.stringify(wrapped(keys)))
}

/** Reads a token. @throws ServiceError 400 when it is not one, or one of another query or container */
export function readContinuation(owner: TokenOwner, token: string | undefined): Continuation | undefined {
  if (token === undefined || token === '') return undefined
  const continuation = parse(owner, token)
  if (!continuation) throw badRequest('Invalid Continuation Token')
  return continuation
}

function toToken(owner: TokenOwner, continuation: Continuation): string {
  const state = { query: fingerprint(owner), ...encode(continuation) }
  return Buffer.from(JSON.stringify(state)).toString('base64url')
}

function encode(continuation: Continuation): object {
  if (!('position' in continuation)) return continuation
  const { after, ...rest } = continuation.position
  return { position: { ...rest, ...(after && { after: { rid: after.rid, keys: wrapped(after.keys) } }) } }
}

/** Undefined, which JSON has not, is a list of nothing; any other key a list of itself. */
function wrapped(keys: readonly unknown[]): unknown[][] {
  return keys.map((key) => (key === undefined ? [] : [key]))
}

function parse(owner: TokenOwner, token: string): Continuation | undefined {
  let read: unknown
  try {
    read = JSON.parse(Buffer.from(token, 'base64url').toString())
  } catch {
    return undefined
  }
  if (!isJsonObject(read) || read.query !== fingerprint(owner)) return undefined
  if (isCount(read.offset)) return { offset: read.offset }
  if (isJsonObject(read.document)) {
    const document = readDocumentPosition(read.document)
    return document && { document }
  }
  const position = isJsonObject(read.position) ? readPosition(read.position) : undefined
  return position && { position }
}

function readPosition({ after, ...rest }: Record<string, unknown>): ResumePosition | undefined {
  const place = readPlace(rest)
  if (!place || after === undefined) return place
  if (!isJsonObject(after) || !isCount(after.rid) || !Array.isArray(after.keys)) return undefined
  const keys = after.keys as unknown[]
  if (!keys.every((key) => Array.isArray(key))) return undefined
  return { ...place, after: { rid: after.rid, keys: keys.map(([key]: unknown[]) => key) } }
}

function readDocumentPosition({ after, ...rest }: Record<string, unknown>): DocumentPosition | undefined {
  const place = readPlace(rest)
  if (!place || !isJsonObject(after) || !isCount(after.rid) || typeof after.digest !== 'string')
    return undefined
  return { ...place, after: { rid: after.rid, digest: after.digest } }
}

function readPlace({
  passed,
  given,
  partial,
}: Record<string, unknown>): Omit<ResumePosition, 'after'> | undefined {
  if (!isCount(passed) || !isCount(given)) return undefined
  if (partial === undefined) return { passed, given }
  if (!isJsonObject(partial) || !isCount(partial.rid) || !isCount(partial.skip)) return undefined
  return { passed, given, partial: { rid: partial.rid, skip: partial.skip } }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

function fingerprint({ text, containerRid }: TokenOwner): string {
  return hash(`${containerRid}\n${text.replace(resumeCondition, '$1')}`)
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 10)
}
