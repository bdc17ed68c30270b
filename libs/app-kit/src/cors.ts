import type { HttpRequest } from '@azure/functions'

const exposedHeaders = 'etag, location, retry-after'

/** CORS headers for this request: its origin when it is among the allowed ones, `*` where all are allowed, else none. */
export function corsHeaders(request: HttpRequest, allowedOrigins: readonly string[]): Record<string, string> {
  const origin = request.headers.get('origin')
  if (!origin) return {}
  // The same for every origin, so that a CDN keeps one copy.
  if (allowedOrigins.includes('*'))
    return { 'access-control-allow-origin': '*', 'access-control-expose-headers': exposedHeaders }
  if (!allowedOrigins.includes(origin)) return {}
  return {
    'access-control-allow-origin': origin,
    'access-control-expose-headers': exposedHeaders,
    vary: 'origin',
  }
}

/** What a preflight is told beside {@link corsHeaders}. */
export function preflightHeaders(methods: readonly string[]): Record<string, string> {
  return {
    'access-control-allow-methods': methods.join(', '),
    'access-control-allow-headers':
      'authorization, content-type, if-match, if-none-match, idempotency-key, range',
    'access-control-max-age': '600',
  }
}
