import { randomUUID } from 'node:crypto'

import type { BlobServiceClient } from '@azure/storage-blob'
import type { QueueClient } from '@azure/storage-queue'

import type { AzuriteWrite } from './azurite-write.ts'
import { readAzuriteWrite } from './azurite-write.ts'
import type { Resources } from './create-resources.ts'

/** What has something new, as the Functions host's `wake` door takes it. */
export type WakeSource = { readonly queue: string } | { readonly container: string; readonly blob: string }

/** What the stack does with a write that Azurite acknowledged. */
export interface StorageEventsOptions {
  readonly connection: string
  /** Which blobs raise events, by which calls, for which queue: the filters of the Event Grid subscriptions. */
  readonly events: Resources['storageEvents']
  /** Has the listeners of a queue, or of a blob's container, look at once. */
  readonly wake: (source: WakeSource) => void
  readonly log: (text: string) => void
}

/**
 * Stands in for Event Grid: a blob committed to a container that is listened to becomes one `Microsoft.Storage.BlobCreated`
 * message, CloudEvents 1.0, on the queue to which the Event Grid subscription delivers in Azure. Also wakes the listeners of
 * any queue that got a message, and of any container whose blob was written.
 */
export function createStorageEvents(options: StorageEventsOptions): (write: AzuriteWrite) => void {
  const clients = lazily(async () => {
    const [blob, queue] = await Promise.all([import('@azure/storage-blob'), import('@azure/storage-queue')])
    return {
      blobs: blob.BlobServiceClient.fromConnectionString(options.connection),
      queues: queue.QueueServiceClient.fromConnectionString(options.connection),
    }
  })
  return (write) => {
    const signal = readAzuriteWrite(write)
    if (signal?.kind === 'messageSent') {
      if (signal.delaySeconds > 0)
        setTimeout(options.wake, signal.delaySeconds * 1000, { queue: signal.queue }).unref()
      else options.wake({ queue: signal.queue })
    } else if (signal) {
      options.wake({ container: signal.container, blob: signal.blob })
    }
    if (signal?.kind !== 'blobCommitted') return
    for (const { container, apis, queue } of options.events) {
      if (container !== signal.container || !apis.includes(signal.api)) continue
      clients()
        .then(({ blobs, queues }) =>
          raiseBlobCreated({ ...signal, blobs, queue: queues.getQueueClient(queue) }),
        )
        .catch((error: unknown) => {
          // The sweep of the app that listens finds what was missed here.
          options.log(
            `no event for ${signal.blob}: ${error instanceof Error ? error.message : String(error)}`,
          )
        })
    }
  }
}

interface Committed {
  readonly api: string
  readonly container: string
  readonly blob: string
  readonly blobs: BlobServiceClient
  readonly queue: QueueClient
}

async function raiseBlobCreated({ api, container, blob, blobs, queue }: Committed): Promise<void> {
  const client = blobs.getContainerClient(container).getBlobClient(blob)
  const properties = await client.getProperties()
  const event = {
    specversion: '1.0',
    id: randomUUID(),
    source: `/subscriptions/local/resourceGroups/local/providers/Microsoft.Storage/storageAccounts/${blobs.accountName}`,
    type: 'Microsoft.Storage.BlobCreated',
    subject: `/blobServices/default/containers/${container}/blobs/${blob}`,
    time: (properties.lastModified ?? new Date()).toISOString(),
    data: {
      api,
      requestId: properties.requestId,
      eTag: properties.etag?.replaceAll('"', ''),
      contentType: properties.contentType,
      contentLength: properties.contentLength,
      blobType: properties.blobType,
      url: client.url,
      sequencer: String(properties.lastModified?.getTime() ?? 0).padStart(32, '0'),
      storageDiagnostics: { batchId: randomUUID() },
    },
  }
  await queue.sendMessage(Buffer.from(JSON.stringify(event)).toString('base64'))
}

function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => (made ??= make())
}
