/** Every queue of the product; each has a `-poison` beside it. The local stack and the infra checks are made from this list. */
export const queueNames = [
  'media-events',
  'job-starts',
  'job-commands',
  'tasks-images',
  'tasks-video',
  'task-results',
] as const
/** Name of a queue. */
export type QueueName = (typeof queueNames)[number]

/** Every blob container of the product. */
export const blobContainerNames = ['uploads', 'renditions', 'work'] as const
/** Name of a blob container. */
export type BlobContainerName = (typeof blobContainerNames)[number]

/** A Cosmos container: hierarchical partition key paths, and default TTL in seconds (-1: items may carry a `ttl`). */
export interface CosmosContainerSpec {
  readonly name: string
  readonly partitionKeyPaths: readonly string[]
  readonly defaultTtlSeconds: number
  /** Copied to the backup account by relay. */
  readonly isReplicated: boolean
}

/** Name of the Cosmos database, in the primary and in the replica account. */
export const cosmosDatabaseName = 'zoetrope'

/** Every Cosmos container of the product (SPINE: who owns what). */
export const cosmosContainers = [
  {
    name: 'library',
    partitionKeyPaths: ['/tenantId', '/assetId'],
    defaultTtlSeconds: -1,
    isReplicated: true,
  },
  { name: 'jobs', partitionKeyPaths: ['/tenantId', '/jobId'], defaultTtlSeconds: -1, isReplicated: true },
  { name: 'catalog', partitionKeyPaths: ['/tenantId'], defaultTtlSeconds: -1, isReplicated: true },
  { name: 'playback', partitionKeyPaths: ['/id'], defaultTtlSeconds: -1, isReplicated: true },
  { name: 'events', partitionKeyPaths: ['/tenantId', '/month'], defaultTtlSeconds: -1, isReplicated: false },
  { name: 'usage', partitionKeyPaths: ['/tenantId', '/day'], defaultTtlSeconds: -1, isReplicated: false },
  { name: 'deliveries', partitionKeyPaths: ['/tenantId'], defaultTtlSeconds: -1, isReplicated: false },
  { name: 'leases', partitionKeyPaths: ['/id'], defaultTtlSeconds: -1, isReplicated: false },
] as const satisfies readonly CosmosContainerSpec[]
/** Name of a Cosmos container. */
export type CosmosContainerName = (typeof cosmosContainers)[number]['name']

/** The tenant that owns what belongs to all: default workflows, presets, operations, prices. */
export const systemTenantId = '_system'

/** TTL of outbox events and of tombstones, seconds (30 days). */
export const tombstoneTtlSeconds = 30 * 24 * 3600
