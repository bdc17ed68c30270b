import { createHash } from 'node:crypto'

import { badRequest } from '../errors.ts'
import { isJsonObject } from '../json.ts'
import type { Progress } from './page-writer.ts'

/** Where a result that comes document by document goes on. */
export interface Position extends Progress {
  /** The last document that is done with. */
  after?: { rid: number; keys: unknown[] }
  /** A document of which some rows have been given: how many of its rows are done with. */
  partial?: { rid: number; skip: number }
}

/** A continuation token: the whole state, so that it outlives the process. An offset counts results, where nothing better tells the place. */
export type Continuation = { position: Position } | { offset: number }

/** Writes a token that is good for this query text alone. */
export function writeContinuation(text: string, continuation: Continuation): string {
  return Buffer.from(JSON.stringify({ query: fingerprint(text), ...encode(continuation) })).toString(
    'base64url',
  )
}

/** Reads a token. @throws ServiceError 400 when it is not one, or one of another query */
export function readContinuation(text: string, token: string | undefined): Continuation | undefined {
  if (token === undefined || token === '') return undefined
  const continuation = parse(text, token)
  if (!continuation) throw badRequest('Invalid Continuation Token')
  return continuation
}

// Undefined, which JSON has not, is a list of nothing; any other key a list of itself.
function encode(continuation: Continuation): object {
  if (!('position' in continuation)) return continuation
  const { after, ...rest } = continuation.position
  if (!after) return { position: rest }
  const keys = after.keys.map((key) => (key === undefined ? [] : [key]))
  return { position: { ...rest, after: { rid: after.rid, keys } } }
}

function parse(text: string, token: string): Continuation | undefined {
  let read: unknown
  try {
    read = JSON.parse(Buffer.from(token, 'base64url').toString())
  } catch {
    return undefined
  }
  if (!isJsonObject(read) || read.query !== fingerprint(text)) return undefined
  if (isCount(read.offset)) return { offset: read.offset }
  const position = isJsonObject(read.position) ? readPosition(read.position) : undefined
  return position && { position }
}

function readPosition({ passed, given, after, partial }: Record<string, unknown>): Position | undefined {
  if (!isCount(passed) || !isCount(given)) return undefined
  const position: Position = { passed, given }
  if (after !== undefined) {
    if (!isJsonObject(after) || !isCount(after.rid) || !Array.isArray(after.keys)) return undefined
    const keys = after.keys as unknown[]
    if (!keys.every((key) => Array.isArray(key))) return undefined
    position.after = { rid: after.rid, keys: keys.map(([key]: unknown[]) => key) }
  }
  if (partial !== undefined) {
    if (!isJsonObject(partial) || !isCount(partial.rid) || !isCount(partial.skip)) return undefined
    position.partial = { rid: partial.rid, skip: partial.skip }
  }
  return position
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

function fingerprint(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 10)
}
