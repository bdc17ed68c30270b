import { CosmosClient } from '@azure/cosmos'
import type { Database } from '@azure/cosmos'
import { BlobServiceClient } from '@azure/storage-blob'
import { QueueServiceClient } from '@azure/storage-queue'

import { readSettings } from './read-settings.ts'

/** The stack's accounts as an operator reaches them: past the apps, so that nothing is put down to one of them. */
export interface OperatorClients {
  readonly blobs: BlobServiceClient
  readonly queues: QueueServiceClient
  readonly database: Database
  readonly replica: Database
}

/** Clients for a running stack. */
export function connectAsOperator(dataDirectory: string): OperatorClients {
  const connections = readSettings(dataDirectory, 'operator')
  const text = (account: string): string => connections[account] ?? ''
  return {
    blobs: BlobServiceClient.fromConnectionString(text('media-storage')),
    queues: QueueServiceClient.fromConnectionString(text('media-storage')),
    database: new CosmosClient(text('cosmos')).database('zoetrope'),
    replica: new CosmosClient(text('cosmos-replica')).database('zoetrope'),
  }
}
