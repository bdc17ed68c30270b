import type { DequeuedMessageItem, QueueClient, QueueServiceClient } from '@azure/storage-queue'

import type { AppSettings } from '../../config/app-settings.ts'
import { connectQueues } from '../../storage/connections.ts'
import type { BlobFunction } from './blob-function.ts'
import { readBlobMessage } from './blob-message.ts'

const poisonQueueName = 'webjobs-blobtrigger-poison'

/** Tells where a message goes whose tries have failed: to the account of its blob, or of the host where that one has no queues. */
export async function findPoisonQueues(
  functions: readonly BlobFunction[],
  settings: AppSettings,
  hostQueues: QueueServiceClient,
): Promise<(item: DequeuedMessageItem) => QueueClient> {
  const entries = functions.map(async ({ id, settings: { connection } }) => {
    const queues = await connectQueues(settings, connection).catch(() => hostQueues)
    return [id, queues] as const
  })
  const byFunction = new Map(await Promise.all(entries))
  return (item) => {
    const queues = byFunction.get(functionIdOf(item)) ?? hostQueues
    return queues.getQueueClient(poisonQueueName)
  }
}

/** The function that a message names; nothing when it is none of ours. */
function functionIdOf(item: DequeuedMessageItem): string {
  try {
    return readBlobMessage(Buffer.from(item.messageText, 'base64').toString('utf8')).FunctionId
  } catch {
    return ''
  }
}
