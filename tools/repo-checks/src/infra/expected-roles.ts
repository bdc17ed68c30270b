import { isDurable, type DeclaredApp } from './declarations.ts'
import type { DeployedApp, Deployment } from './deployment.ts'
import type { RoleKey } from './role-definitions.ts'
import { childrenOf, resourcesOf, shortName, type SnapshotResource } from './snapshot.ts'

/** A role that somebody needs, at the narrowest scope that has it. */
export interface ExpectedRole {
  readonly role: RoleKey
  /** Id of the resource; of a Cosmos container in the form of its data plane. Undefined where nothing of the kind is deployed. */
  readonly scope: string | undefined
  /** The resource in words. */
  readonly place: string
  /** What it is needed for, a part of a sentence. */
  readonly reason: string
  /**
   * A role for what the platform does in the name of the app, which no proxy before a local stack can see: it needs no
   * observed operation.
   */
  readonly isPlatform?: boolean
}

/** The roles that the identity of an app needs, by what its manifest declares. */
export function expectedRoles(deployment: Deployment, app: DeployedApp): ExpectedRole[] {
  const { declared } = app
  return [
    ...hostRoles(deployment, app),
    ...mediaRoles(deployment, declared),
    ...cosmosRoles(deployment, declared),
    ...platformRoles(deployment, app),
  ]
}

/** The role that `npm run bootstrap` needs, which runs as whoever deploys. */
export function deployerRole({ accounts, declarations }: Deployment): ExpectedRole {
  const { cosmos } = accounts
  return {
    role: 'cosmosDataContributor',
    scope: cosmos && cosmosScope(cosmos, declarations.resources.cosmosDatabase, 'catalog'),
    place: 'the container catalog of the primary Cosmos account',
    reason: '`npm run bootstrap` writes the first tenant there',
  }
}

/** Whether the orchestrations of a deployment live in the Durable Task Scheduler, and not in the host's storage account. */
export function usesScheduler(deployment: Deployment): boolean {
  return resourcesOf(deployment.snapshot, 'Microsoft.DurableTask/schedulers').length > 0
}

/** Id of a Cosmos container in the form in which data-plane roles name it. */
export function cosmosScope(account: SnapshotResource, database: string, container: string): string {
  return `${account.id}/dbs/${database}/colls/${container}`
}

function hostRoles(deployment: Deployment, app: DeployedApp): ExpectedRole[] {
  const host = app.hostAccount?.id
  const place = 'its host storage account'
  const common = { scope: host, place, isPlatform: true }
  const roles: ExpectedRole[] = [
    {
      ...common,
      role: 'blobDataOwner',
      reason: 'the host keeps its code, its keys and the locks of its timers there',
    },
  ]
  if (!isDurable(app.declared)) return roles
  if (usesScheduler(deployment)) {
    const [hub] = resourcesOf(deployment.snapshot, 'Microsoft.DurableTask/schedulers/taskHubs')
    return [
      ...roles,
      {
        role: 'durableTaskDataContributor',
        scope: hub?.id,
        place: 'the task hub',
        reason: 'its orchestrations live there',
        isPlatform: true,
      },
    ]
  }
  const reason = 'its orchestrations keep their queues and tables there'
  return [
    ...roles,
    { ...common, role: 'queueDataContributor', reason },
    { ...common, role: 'tableDataContributor', reason },
  ]
}

function mediaRoles({ snapshot, accounts }: Deployment, app: DeclaredApp): ExpectedRole[] {
  const account = accounts['media-storage']
  const idsOf = (kind: string): Map<string, string> =>
    new Map(
      (account ? childrenOf(snapshot, account, `Microsoft.Storage/storageAccounts/${kind}`) : []).map(
        (child) => [shortName(child), child.id],
      ),
    )
  const containers = idsOf('blobServices/containers')
  const queues = idsOf('queueServices/queues')
  const { reads, writes, signs } = app.blobContainers
  const { consumes, sends } = app.queues
  const container = (name: string, role: RoleKey, reason: string): ExpectedRole => ({
    role,
    scope: containers.get(name),
    place: `the blob container ${name}`,
    reason,
  })
  const queue = (name: string, role: RoleKey, reason: string): ExpectedRole => ({
    role,
    scope: queues.get(name),
    place: `the queue ${name}`,
    reason,
  })
  // The host moves what failed to the poison queue, whether the app listens to that one or not.
  const consumed = new Set(
    consumes.flatMap((name) => (name.endsWith('-poison') ? [name] : [name, `${name}-poison`])),
  )
  return [
    ...writes.map((name) => container(name, 'blobDataContributor', 'it writes there')),
    ...reads
      .filter((name) => !writes.includes(name))
      .map((name) => container(name, 'blobDataReader', 'it reads there')),
    ...(signs.length > 0
      ? [
          {
            role: 'blobDelegator' as const,
            scope: account?.id,
            place: 'the media storage account',
            reason: `it signs addresses of blobs in ${signs.join(', ')}`,
          },
        ]
      : []),
    ...[...consumed].map((name) => queue(name, 'queueDataContributor', 'its host takes messages from it')),
    ...sends
      .filter((name) => !consumed.has(name))
      .map((name) => queue(name, 'queueDataMessageSender', 'it sends to it')),
  ]
}

function cosmosRoles({ accounts, declarations }: Deployment, app: DeclaredApp): ExpectedRole[] {
  const database = declarations.resources.cosmosDatabase
  const { reads, writes, replicates } = app.cosmosContainers
  const at = (account: 'cosmos' | 'cosmos-replica', name: string, role: RoleKey): ExpectedRole => {
    const deployed = accounts[account]
    return {
      role,
      scope: deployed && cosmosScope(deployed, database, name),
      place: `the container ${name} of the ${account === 'cosmos' ? 'primary' : 'replica'} Cosmos account`,
      reason: role === 'cosmosDataReader' ? 'it reads there' : 'it writes there',
    }
  }
  return [
    ...writes.map((name) => at('cosmos', name, 'cosmosDataContributor')),
    ...reads.filter((name) => !writes.includes(name)).map((name) => at('cosmos', name, 'cosmosDataReader')),
    ...replicates.map((name) => at('cosmos-replica', name, 'cosmosDataContributor')),
  ]
}

function platformRoles({ snapshot }: Deployment, app: DeployedApp): ExpectedRole[] {
  const first = (type: string): string | undefined => resourcesOf(snapshot, type)[0]?.id
  const common = { isPlatform: true }
  const holdsSecrets = app.declared.settings.some(({ kind, isSecret }) => kind === 'value' && isSecret)
  return [
    {
      ...common,
      role: 'monitoringMetricsPublisher',
      scope: first('Microsoft.Insights/components'),
      place: 'Application Insights',
      reason: 'its host sends telemetry with its identity',
    },
    ...(holdsSecrets
      ? [
          {
            ...common,
            role: 'keyVaultSecretsUser' as const,
            scope: first('Microsoft.KeyVault/vaults'),
            place: 'the key vault',
            reason: 'one of its settings is a secret',
          },
        ]
      : []),
    ...(app.isContainer
      ? [
          {
            ...common,
            role: 'acrPull' as const,
            scope: first('Microsoft.ContainerRegistry/registries'),
            place: 'the container registry',
            reason: 'its image lies there',
          },
        ]
      : []),
  ]
}
