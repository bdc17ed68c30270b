import type { QueueClient } from '@azure/storage-queue'

import { createWhenMissing } from '../../storage/create-when-missing.ts'
import type { BlobMessage } from './blob-message.ts'
import { writeBlobMessage } from './blob-message.ts'

/** The internal queue of one host: blobs that functions have to run for. Made when the first message is sent. */
export class BlobQueue {
  readonly #queue: QueueClient

  constructor(queue: QueueClient) {
    this.#queue = queue
  }

  /** Sends a message; answers its id. */
  async send(message: BlobMessage): Promise<string> {
    const text = Buffer.from(writeBlobMessage(message)).toString('base64')
    const { messageId } = await createWhenMissing(
      () => this.#queue.sendMessage(text, { messageTimeToLive: -1 }),
      () => this.#queue.createIfNotExists(),
    )
    return messageId
  }
}
