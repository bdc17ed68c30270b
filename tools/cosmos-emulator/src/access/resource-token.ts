import { forbidden, unauthorized } from '../errors.ts'
import { isJsonObject } from '../json.ts'
import { isSignature, sign } from './master-key.ts'
import type { ResourceGrant } from './resource-grant.ts'

/** Makes a token that tells what it allows, signed by the account's key. */
export function writeResourceToken(grant: ResourceGrant, key: string): string {
  const payload = Buffer.from(JSON.stringify(grant)).toString('base64')
  return `type=resource&ver=1.0&sig=${sign(payload, key).toString('base64')};${payload};`
}

/** Reads the `sig` part of a token. @throws ServiceError 401 for one that this account did not make, 403 for one that is over */
export function readResourceToken(signature: string, key: string, nowSeconds: number): ResourceGrant {
  const [mark = '', payload = ''] = signature.split(';')
  if (!isSignature(mark, payload, key))
    throw unauthorized('The resource token was not made by this account, or was changed since.')
  const grant = JSON.parse(Buffer.from(payload, 'base64').toString()) as unknown
  if (!isGrant(grant)) throw unauthorized('The resource token does not tell what it allows.')
  if (grant.expiresAt <= nowSeconds)
    throw forbidden(
      'The authorization token is not valid at the current time: it has expired. Read the permission again for a new one.',
    )
  return grant
}

function isGrant(value: unknown): value is ResourceGrant {
  return isJsonObject(value) && Array.isArray(value.path) && typeof value.expiresAt === 'number'
}
