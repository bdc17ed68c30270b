import { indexAll, indexNothing, indexOnly } from './indexing.ts'
import type { CosmosIndexingPolicy } from './indexing.ts'

/** An account that apps reach through a connection setting. */
export type AccountName = 'media-storage' | 'cosmos' | 'cosmos-replica'

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

/** Events of the storage account that go to a queue: on a laptop raised by the stack, in Azure by an Event Grid subscription. */
export interface StorageEventSpec {
  /** Name of the subscription. */
  readonly name: string
  readonly eventType: 'Microsoft.Storage.BlobCreated'
  /** Only blobs of this container. */
  readonly container: BlobContainerName
  /** Only these calls (`data.api`): those that commit a whole blob. */
  readonly apis: readonly string[]
  readonly queue: QueueName
}

/** Every storage event that the product listens to. */
export const storageEvents = [
  {
    name: 'uploads-created',
    eventType: 'Microsoft.Storage.BlobCreated',
    container: 'uploads',
    apis: ['PutBlob', 'PutBlockList', 'CopyBlob', 'FlushWithClose'],
    queue: 'media-events',
  },
] as const satisfies readonly StorageEventSpec[]

/** A Cosmos container: hierarchical partition key paths, and default TTL in seconds (-1: items may carry a `ttl`). */
export interface CosmosContainerSpec {
  readonly name: string
  readonly partitionKeyPaths: readonly string[]
  readonly defaultTtlSeconds: number
  /** Copied to the backup account by relay. */
  readonly isReplicated: boolean
  /** What queries use; every other path costs nothing at a write. */
  readonly indexingPolicy: CosmosIndexingPolicy
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
    indexingPolicy: indexAll({
      except: ['/data/*', '/error/*', '/media/*', '/source/*'],
      // Sweeps: what has been in a state for too long.
      composites: [['kind', 'state', 'updatedAt']],
    }),
  },
  {
    name: 'jobs',
    partitionKeyPaths: ['/tenantId', '/jobId'],
    defaultTtlSeconds: -1,
    isReplicated: true,
    indexingPolicy: indexAll({
      except: [
        '/data/*',
        '/error/*',
        '/facts/*',
        '/inputs/*',
        '/manifest/*',
        '/media/*',
        '/needs/*',
        '/outputs/*',
        '/parameters/*',
        '/progress/*',
        '/source/*',
      ],
      // Admission: whose turn it is. Sweeps: what nobody looks after.
      composites: [
        ['kind', 'state', 'queue', 'createdAt'],
        ['kind', 'state', 'updatedAt'],
      ],
    }),
  },
  {
    name: 'catalog',
    partitionKeyPaths: ['/tenantId'],
    defaultTtlSeconds: -1,
    isReplicated: true,
    indexingPolicy: indexAll({ except: ['/definition/*', '/prices/*', '/response/*'], composites: [] }),
  },
  {
    name: 'playback',
    partitionKeyPaths: ['/id'],
    defaultTtlSeconds: -1,
    isReplicated: true,
    // Point reads only.
    indexingPolicy: indexNothing,
  },
  {
    name: 'events',
    partitionKeyPaths: ['/tenantId', '/month'],
    defaultTtlSeconds: -1,
    isReplicated: false,
    indexingPolicy: indexOnly(['tenantId', 'month', 'sequence', 'type']),
  },
  {
    name: 'usage',
    partitionKeyPaths: ['/tenantId', '/day'],
    defaultTtlSeconds: -1,
    isReplicated: false,
    indexingPolicy: indexOnly(['tenantId', 'day', 'jobId', 'meter', 'operation', 'billable']),
  },
  {
    name: 'deliveries',
    partitionKeyPaths: ['/tenantId'],
    defaultTtlSeconds: -1,
    isReplicated: false,
    indexingPolicy: indexAll({ except: [], composites: [] }),
  },
  {
    name: 'leases',
    partitionKeyPaths: ['/id'],
    defaultTtlSeconds: -1,
    isReplicated: false,
    // Queried by the change feed extension, in ways that are its own.
    indexingPolicy: indexAll({ except: [], composites: [] }),
  },
] as const satisfies readonly CosmosContainerSpec[]
/** Name of a Cosmos container. */
export type CosmosContainerName = (typeof cosmosContainers)[number]['name']

/** The tenant that owns what belongs to all: default workflows, presets, operations, prices. */
export const systemTenantId = '_system'

/** TTL of outbox events and of tombstones, seconds (30 days). */
export const tombstoneTtlSeconds = 30 * 24 * 3600
