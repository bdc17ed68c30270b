import type { AccessToken, GetTokenOptions, TokenCredential } from '@azure/core-auth'
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
export function connectStorage(connection: Connection): StorageAccount {
  if (connection.connectionString) return connectByKey(connection.connectionString)
  const { blobServiceUri, queueServiceUri } = connection.endpoints
  if (!blobServiceUri || !queueServiceUri) {
    throw err('SETTINGS_INVALID', {
      detail: `${connection.name}__blobServiceUri and ${connection.name}__queueServiceUri must both be set.`,
    })
  }
  const credential = managedIdentity(connection.clientId)
  return {
    blobs: new BlobServiceClient(blobServiceUri, credential, { retryOptions }),
    queues: new QueueServiceClient(queueServiceUri, credential, { retryOptions }),
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

/** The app's identity. The identity package is large, so it is loaded at the first token only. */
export function managedIdentity(clientId: string | undefined): TokenCredential {
  let credential: TokenCredential | undefined
  return {
    async getToken(scopes: string | string[], options?: GetTokenOptions): Promise<AccessToken | null> {
      const { DefaultAzureCredential } = await import('@azure/identity')
      credential ??= new DefaultAzureCredential(clientId ? { managedIdentityClientId: clientId } : {})
      return credential.getToken(scopes, options)
    },
  }
}
