import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob'
import { QueueServiceClient } from '@azure/storage-queue'
import type { Connection } from '@zoetrope/contracts'
import { err } from '@zoetrope/contracts'

/** A storage account: its blob and queue services. */
export interface StorageAccount {
  readonly blobs: BlobServiceClient
  readonly queues: QueueServiceClient
  /** The account key, where there is one (a laptop); SAS are then signed with it, else with a user delegation key. */
  readonly sharedKey?: StorageSharedKeyCredential
}

const retryOptions = { maxTries: 4, retryDelayInMs: 200, maxRetryDelayInMs: 4000 }

/** Connects to a storage account: nothing is sent until the first call. @throws SETTINGS_INVALID when endpoints are missing */
export function connectStorage({ name, connectionString, endpoints, identity }: Connection): StorageAccount {
  if (connectionString) return connectByKey(connectionString)
  const { blobServiceUri, queueServiceUri } = endpoints
  if (!blobServiceUri || !queueServiceUri || !identity) {
    throw err('SETTINGS_INVALID', {
      detail: `${name}__blobServiceUri and ${name}__queueServiceUri must both be set.`,
    })
  }
  return {
    blobs: new BlobServiceClient(blobServiceUri, identity, { retryOptions }),
    queues: new QueueServiceClient(queueServiceUri, identity, { retryOptions }),
  }
}

function connectByKey(connectionString: string): StorageAccount {
  const parts = new Map(
    connectionString
      .split(';')
      .map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]),
  )
  const accountName = parts.get('AccountName')
  const accountKey = parts.get('AccountKey')
  return {
    blobs: BlobServiceClient.fromConnectionString(connectionString, { retryOptions }),
    queues: QueueServiceClient.fromConnectionString(connectionString, { retryOptions }),
    ...(accountName && accountKey
      ? { sharedKey: new StorageSharedKeyCredential(accountName, accountKey) }
      : {}),
  }
}
