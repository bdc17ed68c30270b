import type { IncomingHttpHeaders } from 'node:http'

import { badRequest } from '../errors.ts'
import { isJsonObject } from '../json.ts'
import type { JsonObject } from '../json.ts'

const defaultPage = 100
const largestPage = 10_000

/** A request with its body read. `segments` are the decoded parts of the path. */
export interface Request {
  method: string
  rawPath: string
  segments: string[]
  headers: IncomingHttpHeaders
  /** Whether it came by HTTPS. */
  isEncrypted: boolean
  body: Buffer
}

/** An answer; `body` is JSON text, absent where there is none, or bytes where the client asked in binary. */
export interface Response {
  status: number
  headers: Record<string, string>
  body?: string | Buffer
}

/** One header as text. */
export function header(request: Request, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value.join(',') : value
}

/** Whether a header says true, in any case of letters. */
export function isFlagged(request: Request, name: string): boolean {
  return header(request, name)?.toLowerCase() === 'true'
}

/** Whether the body is a query. */
export function isQuery(request: Request): boolean {
  return (
    isFlagged(request, 'x-ms-documentdb-isquery') ||
    (header(request, 'content-type') ?? '').startsWith('application/query+json')
  )
}

/** The body as JSON. @throws ServiceError 400 */
export function jsonBody(request: Request): unknown {
  try {
    return JSON.parse(request.body.toString('utf8')) as unknown
  } catch {
    throw badRequest('The request body is not valid JSON.')
  }
}

/** The body as a JSON object. @throws ServiceError 400 */
export function objectBody(request: Request): JsonObject {
  const body = jsonBody(request)
  if (!isJsonObject(body)) throw badRequest('The request body must be a JSON object.')
  return body
}

/** An answer with a JSON body. */
export function answer(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return { status, headers, body: JSON.stringify(body) }
}

/** How many items a page may hold: the client's wish, or the service's default. */
export function pageSize(request: Request): number {
  const wish = Number(header(request, 'x-ms-max-item-count') ?? '-1')
  if (!Number.isInteger(wish) || wish === 0 || wish < -1) throw badRequest('The page size is invalid.')
  return wish === -1 ? defaultPage : Math.min(wish, largestPage)
}
