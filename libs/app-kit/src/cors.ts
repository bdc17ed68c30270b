import type { HttpRequest } from '@azure/functions'

/** CORS headers for this request: its origin when it is among the allowed ones (`*` allows all), else none. */
export function corsHeaders(request: HttpRequest, allowedOrigins: readonly string[]): Record<string, string> {
  const origin = request.headers.get('origin')
  if (!origin || !(allowedOrigins.includes('*') || allowedOrigins.includes(origin))) return {}
  return {
    'access-control-allow-origin': origin,
    'access-control-expose-headers': 'etag, location, retry-after',
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
