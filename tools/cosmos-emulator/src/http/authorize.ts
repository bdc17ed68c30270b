import { createHmac, timingSafeEqual } from 'node:crypto'

import { ServiceError } from '../errors.ts'
import type { Request } from './exchange.ts'
import { header } from './exchange.ts'

/** The key that every Cosmos emulator takes, known to all. */
export const wellKnownKey =
  'C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw=='

/** Checks the request's signature against the account's key. @throws ServiceError 401 */
export function authorize(request: Request, key: string): void {
  const token = readToken(header(request, 'authorization'))
  if (token?.get('type') !== 'master')
    throw unauthorized('Required Header authorization is missing or not of the type master.')
  const signature = Buffer.from(token.get('sig') ?? '', 'base64')
  const date = header(request, 'x-ms-date') ?? header(request, 'date') ?? ''
  const isGenuine = signedLinks(request).some(([type, link]) => {
    const text = `${request.method.toLowerCase()}\n${type}\n${link}\n${date.toLowerCase()}\n\n`
    const expected = createHmac('sha256', Buffer.from(key, 'base64')).update(text).digest()
    return expected.length === signature.length && timingSafeEqual(expected, signature)
  })
  if (!isGenuine)
    throw unauthorized(
      'The input authorization token can’t serve the request. The wrong key is being used or the expected payload is not built as per the protocol.',
    )
}

function unauthorized(message: string): ServiceError {
  return new ServiceError(401, 'Unauthorized', message)
}

function readToken(text: string | undefined): Map<string, string> | undefined {
  if (text === undefined) return undefined
  let decoded: string
  try {
    decoded = decodeURIComponent(text)
  } catch {
    return undefined
  }
  return new Map(
    decoded.split('&').map((part) => {
      const at = part.indexOf('=')
      return [part.slice(0, at), part.slice(at + 1)]
    }),
  )
}

/** The type and link that a client may have signed: a feed signs its owner, a resource itself. */
function signedLinks(request: Request): [string, string][] {
  const { segments } = request
  const raw = request.rawPath.split('/').filter((part) => part !== '')
  if (segments.at(-2) === 'operations') {
    const container = segments.slice(0, -2).join('/')
    return [
      ['colls', container],
      ['partitionkey', container],
    ]
  }
  if (segments[0] === 'offers' && segments.length === 2)
    return [['offers', (segments[1] ?? '').toLowerCase()]]
  if (segments.length % 2 === 1)
    return [[(segments.at(-1) ?? '').toLowerCase(), segments.slice(0, -1).join('/')]]
  const type = (segments.at(-2) ?? '').toLowerCase()
  const links = new Set([segments.join('/'), raw.join('/'), (segments.at(-1) ?? '').toLowerCase()])
  return [...links].map((link) => [type, link])
}
