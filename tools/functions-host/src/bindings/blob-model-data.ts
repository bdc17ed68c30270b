import type { TypedData } from '../worker/protocol.ts'
import type { BlobPlace } from './blob-path.ts'

/** Where a blob is, for the app's blob extension to make a client of: nothing is downloaded. The connection is the name of a setting. */
export function toBlobModelData(connection: string, { containerName, blobName }: BlobPlace): TypedData {
  const content = { Connection: connection, ContainerName: containerName, BlobName: blobName }
  return {
    modelBindingData: {
      version: '1.0',
      source: 'AzureStorageBlobs',
      contentType: 'application/json',
      content: Buffer.from(JSON.stringify(content)),
    },
  }
}
