import type { Check, Deployment } from './deployment.ts'
import { childrenOf, resourcesOf, shortName, valueAt, type SnapshotResource } from './snapshot.ts'
import { deadLetterContainers } from './event-subscriptions.ts'

const containerType = 'Microsoft.Storage/storageAccounts/blobServices/containers'
const queueType = 'Microsoft.Storage/storageAccounts/queueServices/queues'
/** Days after its job's end for which scratch is kept by the product itself: rules of the account must not be faster. */
const scratchDays = 7
/** What ends only when the product says so. What is archived cannot be read for hours. */
const precious = ['uploads/', 'renditions/']
/** Days for which what somebody deleted by mistake can be had back. */
const recoveryDays = 7

/** The media account has the queues and containers of the product and no others, and rules that end what nobody needs. */
export const checkStorage: Check = (deployment) => {
  const { snapshot, declarations, accounts } = deployment
  const media = accounts['media-storage']
  if (!media) return ['No app has a connection that leads to a storage account for media.']
  const { queues, blobContainers } = declarations.resources
  return [
    ...compareNames('queue', queues, childrenOf(snapshot, media, queueType), media),
    ...compareNames(
      'blob container',
      [...blobContainers, ...deadLetterContainers(snapshot)],
      childrenOf(snapshot, media, containerType),
      media,
    ),
    ...lifecycle(deployment, media),
    ...recovery(deployment, media),
    ...hostAccounts(deployment),
  ]
}

function compareNames(
  kind: string,
  expected: readonly string[],
  found: readonly SnapshotResource[],
  account: SnapshotResource,
): string[] {
  const names = found.map(shortName)
  return [
    ...expected
      .filter((name) => !names.includes(name))
      .map(
        (name) =>
          `Missing: the ${kind} ${name} in ${account.name}; libs/contracts/src/resources.ts names it. Make it in infra/modules/media-storage.bicep.`,
      ),
    ...names
      .filter((name) => !expected.includes(name))
      .map(
        (name) =>
          `Not needed: the ${kind} ${name} in ${account.name}; libs/contracts/src/resources.ts does not name it. Remove it.`,
      ),
  ]
}

/** Scratch that a sweep forgot and versions of replaced blobs end by a rule of the account, and not before the sweep's time. */
function lifecycle({ snapshot }: Deployment, media: SnapshotResource): string[] {
  const [policy] = childrenOf(snapshot, media, 'Microsoft.Storage/storageAccounts/managementPolicies')
  const rules = (valueAt(policy?.properties, 'policy', 'rules') ?? []) as readonly unknown[]
  const enabled = rules.filter((rule) => valueAt(rule, 'enabled') !== false)
  const scratch = enabled.find((rule) =>
    ((valueAt(rule, 'definition', 'filters', 'prefixMatch') ?? []) as string[]).includes('work/'),
  )
  const days = valueAt(
    scratch,
    'definition',
    'actions',
    'baseBlob',
    'delete',
    'daysAfterModificationGreaterThan',
  )
  const hasVersions = enabled.some(
    (rule) =>
      typeof valueAt(rule, 'definition', 'actions', 'version', 'delete', 'daysAfterCreationGreaterThan') ===
      'number',
  )
  const sources = enabled.filter((rule) => {
    const prefixes = (valueAt(rule, 'definition', 'filters', 'prefixMatch') ?? ['']) as string[]
    const loses = ['delete', 'tierToArchive'].some(
      (action) => valueAt(rule, 'definition', 'actions', 'baseBlob', action) !== undefined,
    )
    return loses && prefixes.some((prefix) => precious.some((name) => overlap(name, prefix)))
  })
  return [
    ...(typeof days === 'number' && days > scratchDays
      ? []
      : [
          `${media.name} needs a lifecycle rule that deletes blobs below work/ later than ${scratchDays} days after their last change: what the product's own sweep forgot.`,
        ]),
    ...(hasVersions
      ? []
      : [`${media.name} needs a lifecycle rule that deletes old versions of blobs: they are paid for.`]),
    ...sources.map(
      (rule) =>
        `The lifecycle rule ${String(valueAt(rule, 'name'))} of ${media.name} deletes or archives sources or renditions, which only the product may do.`,
    ),
  ]
}

/** Whether there can be a path that begins with both. */
function overlap(one: string, other: string): boolean {
  return one.startsWith(other) || other.startsWith(one)
}

function recovery({ snapshot }: Deployment, media: SnapshotResource): string[] {
  const [blobs] = childrenOf(snapshot, media, 'Microsoft.Storage/storageAccounts/blobServices')
  const wanted = [
    ['isVersioningEnabled'],
    ['deleteRetentionPolicy', 'enabled'],
    ['containerDeleteRetentionPolicy', 'enabled'],
  ]
  return [
    ...wanted
      .filter((path) => valueAt(blobs?.properties, ...path) !== true)
      .map((path) => `${media.name} must have ${path.join('.')}: deleted media must be recoverable.`),
    ...['deleteRetentionPolicy', 'containerDeleteRetentionPolicy']
      .filter((policy) => !(Number(valueAt(blobs?.properties, policy, 'days')) >= recoveryDays))
      .map(
        (policy) =>
          `${media.name} must have ${policy}.days of ${recoveryDays} or more: deleted media must be recoverable.`,
      ),
  ]
}

/** One host account for each app, holding its code and nothing of the product's. */
function hostAccounts({ snapshot, apps, accounts }: Deployment): string[] {
  const owners = new Map<string, string[]>()
  for (const { name, hostAccount } of apps)
    if (hostAccount) owners.set(hostAccount.id, [...(owners.get(hostAccount.id) ?? []), name])
  const known = new Set([...owners.keys(), accounts['media-storage']?.id])
  return [
    ...[...owners.values()]
      .filter((names) => names.length > 1)
      .map(
        (names) =>
          `Apps ${names.join(' and ')} share a host storage account: each could rewrite the other's code. Give each its own.`,
      ),
    ...apps
      .filter(({ hostAccount }) => hostAccount && hostAccount.id === accounts['media-storage']?.id)
      .map(({ name }) => `App ${name} has the media account as its host storage account. Give it its own.`),
    ...resourcesOf(snapshot, 'Microsoft.Storage/storageAccounts')
      .filter(({ id }) => !known.has(id))
      .map(({ name }) => `Not needed: the storage account ${name}; no app uses it. Remove it.`),
    ...resourcesOf(snapshot, queueType)
      .filter(({ id }) => [...owners.keys()].some((owner) => id.startsWith(`${owner}/`)))
      .map(({ name }) => `Not needed: the queue ${name} in a host storage account. Remove it.`),
  ]
}
