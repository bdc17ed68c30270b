import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** What a signature covers. */
export interface SignedRequest {
  readonly method: string
  /** Path and query as they were sent. */
  readonly target: string
  readonly headers: IncomingHttpHeaders
}

/** An account and its key, Base64. */
export interface SharedKey {
  readonly account: string
  readonly key: string
}

const signedHeaders = [
  'content-encoding',
  'content-language',
  'content-length',
  'content-md5',
  'content-type',
  'date',
  'if-modified-since',
  'if-match',
  'if-none-match',
  'if-unmodified-since',
  'range',
] as const

/** The service compares names as people do: `a_b` is before `a1`, which is before `ab`. */
const { compare } = new Intl.Collator('en')

/** Whether a request is signed with this key (the scheme `SharedKey`). When it was signed does not count: the clock of a test may be far from the client's. */
export function isSignedWith({ account, key }: SharedKey, request: SignedRequest): boolean {
  const signature = createHmac('sha256', Buffer.from(key, 'base64'))
    .update(stringToSign(account, request))
    .digest('base64')
  const expected = Buffer.from(`SharedKey ${account}:${signature}`)
  const given = Buffer.from(request.headers.authorization ?? '')
  return given.length === expected.length && timingSafeEqual(given, expected)
}

function stringToSign(account: string, { method, target, headers }: SignedRequest): string {
  const valueOf = (name: string): string => String(headers[name] ?? '')
  const ownHeaders = Object.keys(headers)
    .filter((name) => name.startsWith('x-ms-'))
    .toSorted(compare)
    .map((name) => `${name}:${valueOf(name).trim()}`)
  return [
    method,
    // A length of nothing is not signed.
    ...signedHeaders.map((name) => (name === 'content-length' && valueOf(name) === '0' ? '' : valueOf(name))),
    ...ownHeaders,
    resource(account, target),
  ].join('\n')
}

/** The account, the path as it was sent, and each parameter on a line of its own, by name. */
function resource(account: string, target: string): string {
  const [path = '', query = ''] = target.split('?', 2)
  const values = new Map<string, string[]>()
  for (const [name, value] of new URLSearchParams(query)) {
    const known = values.get(name.toLowerCase()) ?? []
    values.set(name.toLowerCase(), [...known, value])
  }
  const parameters = [...values.entries()]
    .toSorted(([left], [right]) => compare(left, right))
    .map(([name, list]) => `${name}:${list.toSorted().join(',')}`)
  return [`/${account}${path}`, ...parameters].join('\n')
}
