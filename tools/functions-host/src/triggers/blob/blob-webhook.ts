import type { IncomingMessage, ServerResponse } from 'node:http'

import { answerEmpty } from '../../server/answer-empty.ts'
import type { PostedEvent } from '../../server/event-grid-webhook.ts'
import { answerEventGrid } from '../../server/event-grid-webhook.ts'
import type { Log } from '../../logging/log.ts'
import type { BlobFunction } from './blob-function.ts'
import type { BlobMessage } from './blob-message.ts'
import { quoteEtag } from './blob-message.ts'

/** Takes the events of blobs that Event Grid posts to `/runtime/webhooks/blobs?functionName=Host.Functions.<name>`. */
export async function answerBlobEvents(
  exchange: { request: IncomingMessage; response: ServerResponse },
  options: {
    readonly functions: readonly BlobFunction[]
    /** Enqueues the messages, all or some of them. */
    readonly enqueue: (messages: readonly BlobMessage[]) => Promise<void>
    readonly log: Log
  },
): Promise<void> {
  const url = new URL(exchange.request.url ?? '/', 'http://localhost')
  const id = url.searchParams.get('functionName')?.toLowerCase()
  const target = options.functions.find((candidate) => candidate.id.toLowerCase() === id)
  if (!target || target.settings.source !== 'EventGrid') {
    options.log(
      'warning',
      `A blob event names "${id ?? ''}", which is no function with a blobTrigger of source "EventGrid".`,
    )
    return answerEmpty(exchange.response, 404)
  }
  const { BlobClient } = await import('@azure/storage-blob')
  const toMessage = (event: PostedEvent): BlobMessage => {
    const { url: blobUrl, eTag, blobType } = (event['data'] ?? {}) as Record<string, unknown>
    if (typeof blobUrl !== 'string' || typeof blobType !== 'string')
      throw new Error('it has no data.url and data.blobType')
    const { containerName, name } = new BlobClient(blobUrl)
    return {
      FunctionId: target.id,
      BlobType: blobType,
      ContainerName: containerName,
      BlobName: name,
      ETag: quoteEtag(typeof eTag === 'string' ? eTag : ''),
    }
  }
  await answerEventGrid(exchange, async (events) => {
    try {
      await options.enqueue(events.map(toMessage))
      return 202
    } catch (error) {
      options.log(
        'error',
        `An event for ${target.id} cannot be taken: ${(error as Error).message}. Subscribe to Microsoft.Storage.BlobCreated alone.`,
      )
      return 500
    }
  })
}
