import type { ObservedOperation } from './declarations.ts'
import type { DeployedApp, Deployment } from './deployment.ts'
import { cosmosScope } from './expected-roles.ts'
import { childrenOf, shortName, type SnapshotResource } from './snapshot.ts'

/** Where a resource that an app was seen to use stands in a snapshot, as roles name it; undefined where it is not deployed. */
export function resourceScope(
  deployment: Deployment,
  app: DeployedApp | undefined,
  account: ObservedOperation['account'],
  resource: string,
): string | undefined {
  const deployed = account === 'host-storage' ? app?.hostAccount : deployment.accounts[account]
  if (!deployed) return undefined
  const [kind = '', name = ''] = resource.split(':')
  switch (kind) {
    case 'account':
      return deployed.id
    case 'database':
      return `${deployed.id}/dbs/${name}`
    case 'container':
      return cosmosScope(deployed, deployment.declarations.resources.cosmosDatabase, name)
    case 'blob':
      return account === 'host-storage'
        ? `${deployed.id}/blobServices/default/containers/${name}`
        : childId(deployment, deployed, 'blobServices/containers', name)
    case 'queue':
      return account === 'host-storage'
        ? `${deployed.id}/queueServices/default/queues/${name}`
        : childId(deployment, deployed, 'queueServices/queues', name)
    case 'table':
      return `${deployed.id}/tableServices/default/tables/${name}`
    default:
      throw new Error(
        `apps/observed-operations.json names ${resource}: no blob:, queue:, table:, container:, database: or account.`,
      )
  }
}

/**
 * Whether a role assigned at `scope` counts for an operation on `target`: at the target or above. What Cosmos DB tells of an
 * account and its databases it tells to whoever has a data role anywhere in them.
 */
export function isWithinScope(operation: string, target: string, scope: string | undefined): boolean {
  if (scope === undefined) return false
  if (target === scope || target.startsWith(`${scope}/`)) return true
  return operation === 'ReadMetadata' && scope.startsWith(`${target}/`)
}

function childId(
  { snapshot }: Deployment,
  account: SnapshotResource,
  kind: string,
  name: string,
): string | undefined {
  return childrenOf(snapshot, account, `Microsoft.Storage/storageAccounts/${kind}`).find(
    (child) => shortName(child) === name,
  )?.id
}
