import { unauthorized } from '../errors.ts'
import { header } from '../http/exchange.ts'
import type { Request } from '../http/exchange.ts'

/** What the `authorization` header holds: `type=...&ver=...&sig=...`. */
export interface AuthorizationToken {
  type: string
  signature: string
}

/** Reads the `authorization` header, encoded for URLs or not. @throws ServiceError 401 where there is none, or none of this form */
export function readAuthorization(request: Request): AuthorizationToken {
  const parts = new Map(
    decode(header(request, 'authorization') ?? '')
      .split('&')
      .map((part) => {
        const at = part.indexOf('=')
        return [part.slice(0, at), part.slice(at + 1)] as const
      }),
  )
  const [type, signature] = [parts.get('type'), parts.get('sig')]
  if (!type || !signature)
    throw unauthorized(
      "Required Header authorization is missing, or not of the form 'type=...&ver=1.0&sig=...' (encoded for URLs). Ensure a valid Authorization token is passed.",
    )
  return { type, signature }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}
