import type { HttpRequest } from '@azure/functions'
import { err } from '@zoetrope/contracts'

/** Checks `If-Match` against the etag of what stands now (RFC 9110 §13.1.1: strong comparison, a list, or `*`). @throws PRECONDITION_REQUIRED, PRECONDITION_FAILED */
export function requireIfMatch(request: HttpRequest, etag: string | undefined): void {
  const header = request.headers.get('if-match')
  if (!header) throw err('PRECONDITION_REQUIRED')
  const tags = header.split(',').map((tag) => tag.trim())
  if (!tags.includes('*') && !(etag && tags.includes(etag))) throw err('PRECONDITION_FAILED')
}
