import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

import { unauthorized } from '../errors.ts'
import { header } from '../http/exchange.ts'
import type { Request } from '../http/exchange.ts'

/** The key that every Cosmos emulator takes, known to all. */
export const wellKnownKey =
  'C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw=='

/** Keys ready for use, which costs more to make than a signature does. There are as many as accounts. */
const secretKeys = new Map<string, KeyObject>()

/** Signs a text with an account's key (base64). */
export function sign(text: string, key: string): Buffer {
  let secret = secretKeys.get(key)
  if (!secret) secretKeys.set(key, (secret = createSecretKey(Buffer.from(key, 'base64'))))
  return createHmac('sha256', secret).update(text).digest()
}

/** Whether a signature (base64) is the one that the key gives for a text. */
export function isSignature(signature: string, text: string, key: string): boolean {
  const [given, expected] = [Buffer.from(signature, 'base64'), sign(text, key)]
  return given.length === expected.length && timingSafeEqual(given, expected)
}

/** Checks the signature of a whole request. @throws ServiceError 401 */
export function checkMasterSignature(request: Request, signature: string, key: string): void {
  const date = header(request, 'x-ms-date') ?? header(request, 'date') ?? ''
  const isGenuine = signedLinks(request).some(([type, link]) =>
    isSignature(
      signature,
      `${request.method.toLowerCase()}\n${type}\n${link}\n${date.toLowerCase()}\n\n`,
      key,
    ),
  )
  if (!isGenuine)
    throw unauthorized(
      'The input authorization token can’t serve the request. The wrong key is being used or the expected payload is not built as per the protocol.',
    )
}

/** The type and link that a client may have signed: a feed signs its owner, a resource itself; by the path, or by `_rid` in lower case. */
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
  const isFeed = segments.length % 2 === 1
  const owner = isFeed ? segments.slice(0, -1) : segments
  const rawOwner = isFeed ? raw.slice(0, -1) : raw
  const type = (segments.at(isFeed ? -1 : -2) ?? '').toLowerCase()
  return [
    [type, owner.join('/')],
    [type, rawOwner.join('/')],
    [type, (owner.at(-1) ?? '').toLowerCase()],
  ]
}
