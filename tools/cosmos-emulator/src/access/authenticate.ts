import { unauthorized } from '../errors.ts'
import type { Request } from '../http/exchange.ts'
import { readAuthorization } from './authorization-header.ts'
import { checkEntraToken } from './entra-token.ts'
import { checkMasterSignature } from './master-key.ts'
import type { ResourceGrant } from './resource-grant.ts'
import { readResourceToken } from './resource-token.ts'

/** Who sends a request: the holder of the account's key, of a resource token, or of an Entra ID token. */
export type Principal = { kind: 'master' } | { kind: 'resource'; grant: ResourceGrant } | { kind: 'entra' }

/** Finds out who sends a request. @throws ServiceError 401, or 403 for a token that is over */
export function authenticate(request: Request, key: string, nowSeconds: number): Principal {
  const { type, signature } = readAuthorization(request)
  switch (type) {
    case 'master':
      checkMasterSignature(request, signature, key)
      return { kind: 'master' }
    case 'resource':
      return { kind: 'resource', grant: readResourceToken(signature, key, nowSeconds) }
    case 'aad':
      checkEntraToken(signature, nowSeconds)
      return { kind: 'entra' }
    default:
      throw unauthorized(
        `Authorization tokens of the type '${type}' are not taken: use master, resource or aad.`,
      )
  }
}

/** Checks that the holder of the account's key sends a request. @throws ServiceError 401 */
export function checkMaster(request: Request, key: string): void {
  const { type, signature } = readAuthorization(request)
  if (type !== 'master') throw unauthorized("This needs the account's key.")
  checkMasterSignature(request, signature, key)
}
