import type { IndexingPolicy } from './declarations.ts'
import type { Check, Deployment } from './deployment.ts'
import { childrenOf, shortName, valueAt, type SnapshotResource } from './snapshot.ts'

type Container = Deployment['declarations']['resources']['cosmosContainers'][number]

/** Both Cosmos accounts have the containers of the product, with the keys, the TTL and the indexes that its queries count on. */
export const checkCosmos: Check = (deployment) => {
  const { accounts, declarations } = deployment
  const all = declarations.resources.cosmosContainers
  return [
    ...checkAccount(deployment, 'primary', accounts.cosmos, all),
    ...checkAccount(
      deployment,
      'replica',
      accounts['cosmos-replica'],
      all.filter(({ isReplicated }) => isReplicated),
    ),
    ...checkPlaces(deployment),
  ]
}

function checkAccount(
  { snapshot, declarations }: Deployment,
  role: string,
  account: SnapshotResource | undefined,
  expected: readonly Container[],
): string[] {
  if (!account) return [`No app has a connection that leads to the ${role} Cosmos account.`]
  const { cosmosDatabase } = declarations.resources
  const databases = childrenOf(snapshot, account, 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases').map(
    shortName,
  )
  const found = childrenOf(snapshot, account, 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers')
  const names = expected.map(({ name }) => name)
  return [
    ...(databases.join() === cosmosDatabase
      ? []
      : [
          `The ${role} Cosmos account must have the database ${cosmosDatabase} alone, and has ${databases.join(', ') || 'none'}.`,
        ]),
    ...expected.flatMap((container) => {
      const deployed = found.find((candidate) => shortName(candidate) === container.name)
      if (!deployed)
        return [
          `Missing: the container ${container.name} of the ${role} Cosmos account; libs/contracts/src/resources.ts names it. Make it in infra/modules/cosmos.bicep.`,
        ]
      return compareContainer(container, deployed).map(
        (difference) => `The container ${container.name} of the ${role} Cosmos account: ${difference}`,
      )
    }),
    ...found
      .map(shortName)
      .filter((name) => !names.includes(name))
      .map((name) => `Not needed: the container ${name} of the ${role} Cosmos account. Remove it.`),
  ]
}

function compareContainer(expected: Container, deployed: SnapshotResource): string[] {
  const found = valueAt(deployed.properties, 'resource')
  const kind = expected.partitionKeyPaths.length > 1 ? 'MultiHash' : 'Hash'
  const pairs: [string, unknown, unknown][] = [
    ['id', valueAt(found, 'id'), expected.name],
    ['partition key', valueAt(found, 'partitionKey', 'paths'), expected.partitionKeyPaths],
    ['kind of partition key', valueAt(found, 'partitionKey', 'kind'), kind],
    ['version of the partition key', valueAt(found, 'partitionKey', 'version'), 2],
    ['defaultTtl', valueAt(found, 'defaultTtl'), expected.defaultTtlSeconds],
  ]
  return [
    ...pairs
      .filter(([, actual, wanted]) => JSON.stringify(actual) !== JSON.stringify(wanted))
      .map(
        ([what, actual, wanted]) =>
          `${what} is ${JSON.stringify(actual)}, and must be ${JSON.stringify(wanted)}.`,
      ),
    ...compareIndexes(expected.indexingPolicy, valueAt(found, 'indexingPolicy') as Partial<IndexingPolicy>),
  ]
}

function compareIndexes(expected: IndexingPolicy, found: Partial<IndexingPolicy> | undefined): string[] {
  const lists = ['includedPaths', 'excludedPaths', 'compositeIndexes'] as const
  return [
    ...(['indexingMode', 'automatic'] as const)
      .filter((key) => found?.[key] !== expected[key])
      .map((key) => `${key} of its indexes must be ${String(expected[key])}.`),
    ...lists.flatMap((list) => {
      const wanted = expected[list].map(describeIndex)
      const given = (found?.[list] ?? []).map(describeIndex)
      return [
        ...wanted
          .filter((path) => !given.includes(path))
          .map((path) => `${list} of its indexes lack ${path}, which libs/contracts/src/resources.ts names.`),
        ...given
          .filter((path) => !wanted.includes(path))
          .map(
            (path) =>
              `${list} of its indexes have ${path}, which libs/contracts/src/resources.ts does not name.`,
          ),
      ]
    }),
  ]
}

/** A path, or the paths of a composite index with their orders. */
function describeIndex(
  index: IndexingPolicy['includedPaths'][number] | IndexingPolicy['compositeIndexes'][number],
): string {
  return 'path' in index ? index.path : index.map(({ path, order }) => `${path} ${order}`).join(', ')
}

/** The replica lives in another region; what is in use can be brought back, and outlives the loss of a region. */
function checkPlaces({ set, accounts }: Deployment): string[] {
  const { cosmos, 'cosmos-replica': replica } = accounts
  const regions = (valueAt(cosmos?.properties, 'locations') ?? []) as readonly unknown[]
  const isServerless = JSON.stringify(valueAt(cosmos?.properties, 'capabilities') ?? []).includes(
    'EnableServerless',
  )
  return [
    ...(cosmos && replica && cosmos.location === replica.location
      ? [`The replica Cosmos account must be in another region than ${String(cosmos.location)}.`]
      : []),
    ...[cosmos, replica].flatMap((account) => (account ? checkWrites(account) : [])),
    ...[cosmos, replica]
      .filter((account) => account && valueAt(account.properties, 'backupPolicy', 'type') !== 'Continuous')
      .map((account) => `The Cosmos account ${account?.name} must have continuous backup.`),
    ...(set !== 'dev' && (regions.length < 2 || isServerless)
      ? ['The primary Cosmos account must have autoscale capacity and a second region.']
      : []),
    ...(set !== 'dev' && valueAt(cosmos?.properties, 'enableAutomaticFailover') !== true
      ? ['The primary Cosmos account must fail over by itself.']
      : []),
  ]
}

/** Replacing a document by its ETag, and reading what one has written, need one place of writes and sessions. */
function checkWrites({ name, properties }: SnapshotResource): string[] {
  const level = String(valueAt(properties, 'consistencyPolicy', 'defaultConsistencyLevel'))
  return [
    ...(valueAt(properties, 'enableMultipleWriteLocations') === true
      ? [`The Cosmos account ${name} must take writes in one region: in two, two may replace the same ETag.`]
      : []),
    ...(['Session', 'BoundedStaleness', 'Strong'].includes(level)
      ? []
      : [
          `The Cosmos account ${name} must have session consistency or a stronger one, not ${level}: apps read what they wrote.`,
        ]),
  ]
}
