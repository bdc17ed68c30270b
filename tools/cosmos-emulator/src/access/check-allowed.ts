import { forbidden } from '../errors.ts'
import { header } from '../http/exchange.ts'
import type { Request } from '../http/exchange.ts'
import type { AccountStore } from '../storage/account-store.ts'
import type { Principal } from './authenticate.ts'
import { isUnder, resourcePath } from './resource-grant.ts'
import type { ResourceGrant } from './resource-grant.ts'

/** What the built-in data roles of Azure allow: reading what is there, and everything about documents. */
const dataPlane =
  /^(?:account\.read|databases?\.(?:read|list|query)|containers?\.(?:read|list|query)|container\.(?:keyRanges|deletePartition)|items?\..*|conflicts?\..*|storedProcedure\.execute)$/

/** What a client reads of a container to find its way, whatever its token is for. */
const wayfinding = /^container\.(?:read|keyRanges)$/

/** Operations that change nothing, though some are sent by POST. */
const reading = /\.(?:read|list|query|queryPlan|changeFeed|keyRanges)$/

/** Checks that a principal may do an operation. @throws ServiceError 403 */
export function checkAllowed(
  principal: Principal,
  operation: string,
  request: Request,
  store: AccountStore,
): void {
  if (principal.kind === 'entra' && !dataPlane.test(operation))
    throw forbidden(
      `The given request [${request.method} ${request.rawPath}] cannot be authorized by AAD token in data plane. Use the account's key, or Azure Resource Manager in the cloud.`,
      5300,
    )
  if (principal.kind === 'resource' && !isGranted(principal.grant, operation, request, store))
    throw forbidden(
      'Insufficient permissions provided in the authorization header for the corresponding request. Please retry with another authorization header.',
    )
}

function isGranted(grant: ResourceGrant, operation: string, request: Request, store: AccountStore): boolean {
  if (operation === 'account.read') return true
  const path = resourcePath(request.segments, store)
  if (!path) return false
  if (wayfinding.test(operation) && isUnder(grant.path, path.slice(0, 4))) return true
  if (grant.mode === 'Read' && !reading.test(operation)) return false
  // The operations of a bulk name their partition keys themselves, whatever the header says.
  if (grant.partitionKey && operation === 'items.bulk') return false
  return isUnder(path, grant.path) && isInPartition(grant, request)
}

function isInPartition({ partitionKey }: ResourceGrant, request: Request): boolean {
  if (!partitionKey) return true
  try {
    const sent: unknown = JSON.parse(header(request, 'x-ms-documentdb-partitionkey') ?? 'null')
    return (
      Array.isArray(sent) &&
      partitionKey.every((part, index) => JSON.stringify(sent[index]) === JSON.stringify(part))
    )
  } catch {
    return false
  }
}
