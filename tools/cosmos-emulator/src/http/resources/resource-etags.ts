import { preconditionFailed } from '../../errors.ts'
import { header } from '../exchange.ts'
import type { Request, Response } from '../exchange.ts'

/** The charge of operations on anything but documents. */
export const metadataCharge = { 'x-ms-request-charge': '2' }

/** A resource whose etag follows from its revision. */
export interface Revised {
  rid: string
  revision: number
}

/** The etag of a database or a container. */
export function etagOf({ rid, revision }: Revised): string {
  return `"${Buffer.from(rid).toString('hex').slice(0, 8)}-0000-0d00-0000-${revision.toString(16).padStart(12, '0')}"`
}

/** The headers of an answer about a resource. */
export function etagHeaders(record: Revised): Record<string, string> {
  return { ...metadataCharge, etag: etagOf(record) }
}

/** @throws ServiceError 412 when `if-match` names another revision */
export function checkEtag(request: Request, record: Revised): void {
  const wanted = header(request, 'if-match')
  if (wanted !== undefined && wanted !== '*' && wanted !== etagOf(record)) throw preconditionFailed()
}

/** Whether the reader holds this revision already. */
export function isKnown(request: Request, record: Revised): boolean {
  return header(request, 'if-none-match') === etagOf(record)
}

/** 304: the reader holds the resource as it is. */
export function notModified(record: Revised): Response {
  return { status: 304, headers: etagHeaders(record) }
}
