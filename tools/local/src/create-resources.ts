import type { IndexingPolicy, PartitionKeyDefinition } from '@azure/cosmos'

import type { ConnectionStrings } from './connection-settings.ts'

/** `apps/resources.json`: every queue and container of the product. */
export interface Resources {
  readonly cosmosDatabase: string
  readonly cosmosContainers: readonly {
    readonly name: string
    readonly partitionKeyPaths: readonly string[]
    readonly defaultTtlSeconds: number
    readonly isReplicated: boolean
    readonly indexingPolicy: IndexingPolicy
  }[]
  readonly blobContainers: readonly string[]
  readonly queues: readonly string[]
  /** Which writes to which container put a message on which queue. */
  readonly storageEvents: readonly {
    readonly container: string
    readonly queue: string
    readonly apis: readonly string[]
  }[]
}

/** Makes the queues and blob containers that do not exist yet, and lets the console's page write to upload URLs. */
export async function createStorageResources(
  connections: ConnectionStrings,
  resources: Resources,
  consoleOrigins: readonly string[],
): Promise<void> {
  const [{ BlobServiceClient }, { QueueServiceClient }] = await Promise.all([
    import('@azure/storage-blob'),
    import('@azure/storage-queue'),
  ])
  const blobs = BlobServiceClient.fromConnectionString(connections['media-storage'])
  const queues = QueueServiceClient.fromConnectionString(connections['media-storage'])
  await Promise.all([
    ...resources.queues.map((name) => queues.getQueueClient(name).createIfNotExists()),
    ...resources.blobContainers.map((name) => blobs.getContainerClient(name).createIfNotExists()),
    blobs.setProperties({
      cors: [
        {
          allowedOrigins: consoleOrigins.join(','),
          allowedMethods: 'GET,HEAD,PUT,OPTIONS',
          allowedHeaders: '*',
          exposedHeaders: 'etag,x-ms-*',
          maxAgeInSeconds: 3600,
        },
      ],
    }),
  ])
}

/** Makes the database and its containers, in the primary account and, for what is backed up, in the replica. */
export async function createCosmosResources(
  connections: ConnectionStrings,
  resources: Resources,
): Promise<void> {
  const { CosmosClient } = await import('@azure/cosmos')
  const createIn = async (connection: string, onlyReplicated: boolean): Promise<void> => {
    const client = new CosmosClient(connection)
    const { database } = await client.databases.createIfNotExists({ id: resources.cosmosDatabase })
    await Promise.all(
      resources.cosmosContainers
        .filter(({ isReplicated }) => isReplicated || !onlyReplicated)
        .map(({ name, partitionKeyPaths, defaultTtlSeconds, indexingPolicy }) =>
          database.containers.createIfNotExists({
            id: name,
            partitionKey: partitionKeyOf(partitionKeyPaths),
            defaultTtl: defaultTtlSeconds,
            indexingPolicy,
          }),
        ),
    )
    client.dispose()
  }
  await Promise.all([createIn(connections.cosmos, false), createIn(connections['cosmos-replica'], true)])
}

function partitionKeyOf(paths: readonly string[]): PartitionKeyDefinition {
  const kind = paths.length > 1 ? 'MultiHash' : 'Hash'
  return { paths: [...paths], kind, version: 2 } as PartitionKeyDefinition
}
