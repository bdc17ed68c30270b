// An app with the SDKs of ours. What only some functions need is loaded when they do.
import { app } from '@azure/functions'
import { CosmosClient } from '@azure/cosmos'
import { BlobServiceClient } from '@azure/storage-blob'
import { QueueServiceClient } from '@azure/storage-queue'
import * as df from 'durable-functions'

app.http('ready', {
  handler: () => ({ jsonBody: [CosmosClient, BlobServiceClient, QueueServiceClient, df].length }),
})
