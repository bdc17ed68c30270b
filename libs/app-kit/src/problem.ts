import type { HttpResponseInit } from '@azure/functions'
import type { ProblemBody } from '@zoetrope/contracts'
import { errorCatalogue, isRetried, toZoetropeError } from '@zoetrope/contracts'

/** Turns anything thrown into an `application/problem+json` answer (RFC 9457). Internal causes never reach the body. */
export function toProblemResponse(thrown: unknown, traceId: string): HttpResponseInit {
  const error = toZoetropeError(thrown)
  const entry = errorCatalogue[error.code]
  const body: ProblemBody = {
    // A name, not an address: the page lies in the deployment's own repository, docs/reference/errors.md, under the code.
    type: `urn:zoetrope:error:${error.code}`,
    title: entry.title,
    status: error.status,
    ...(error.facts.detail ? { detail: error.facts.detail } : {}),
    code: error.code,
    category: error.category,
    retry: isRetried(error.category),
    remedy: entry.remedy,
    ...(error.facts.errors ? { errors: [...error.facts.errors] } : {}),
    traceId,
  }
  return {
    status: error.status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(error.status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
      ...error.facts.headers,
      ...(error.facts.retryAfterMs === undefined
        ? {}
        : { 'retry-after': String(Math.ceil(error.facts.retryAfterMs / 1000)) }),
    },
    body: JSON.stringify(body),
  }
}
