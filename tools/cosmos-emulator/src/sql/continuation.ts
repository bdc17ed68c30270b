import { createHash } from 'node:crypto'

import { badRequest } from '../errors.ts'
import { isJsonObject } from '../json.ts'

/** Where a streamed query goes on: after a document, past rows of the next one that were already given. */
export interface StreamPosition {
  after?: { pk: string; id: string; rid: number }
  /** Rows of the document after `after` that have been passed. */
  skip: number
  /** Rows passed because of OFFSET. */
  passed: number
  /** Rows given so far, for TOP and LIMIT. */
  given: number
}

/** Where a sorted query goes on: past these keys, and past so many rows equal to them. */
export interface SortPosition {
  keys: unknown[]
  ties: number
}

/** Where any other query goes on: past so many of its results. */
export interface OffsetPosition {
  offset: number
}

/** A continuation token: it holds the whole state, so that it outlives the process. */
export type Continuation = { stream: StreamPosition } | { sort: SortPosition } | { offset: OffsetPosition }

/** Writes a token that is good for this query text alone. */
export function writeContinuation(text: string, continuation: Continuation): string {
  return Buffer.from(JSON.stringify({ query: fingerprint(text), ...continuation })).toString('base64url')
}

/** Reads a token. @throws ServiceError 400 when it is not one, or one of another query */
export function readContinuation(text: string, token: string | undefined): Continuation | undefined {
  if (token === undefined || token === '') return undefined
  try {
    const parsed: unknown = JSON.parse(Buffer.from(token, 'base64url').toString())
    if (isJsonObject(parsed) && parsed.query === fingerprint(text)) return parsed as unknown as Continuation
  } catch {
    // Told below.
  }
  throw badRequest('Invalid Continuation Token')
}

function fingerprint(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 10)
}
