import type { StorageAccount } from './connect-storage.ts'
import { callStorage } from './storage-status.ts'

/** Largest message body before base64, bytes (a queue takes 64 KiB after it). */
const maxMessageBytes = 48 * 1024

/** Puts messages on queues: base64 of JSON, as Functions' queue trigger and Event Grid's storage queues use it. */
export interface QueueSender {
  /** Sends one message; hidden for `delaySeconds` at first. It lives until it is handled. */
  send(queue: string, message: object, options?: { readonly delaySeconds?: number }): Promise<void>
}

/** A sender of this account. */
export function queueSender(account: StorageAccount): QueueSender {
  return {
    async send(queue, message, options = {}) {
      const bytes = Buffer.from(JSON.stringify(message))
      if (bytes.byteLength > maxMessageBytes) {
        // oxlint-disable-next-line zoetrope/catalogued-error -- a fault of the caller's code, never of a request
        throw new RangeError(
          `A message for ${queue} has ${bytes.byteLength} bytes; ${maxMessageBytes} fit. Send ids and blob names.`,
        )
      }
      await callStorage(() =>
        account.queues.getQueueClient(queue).sendMessage(bytes.toString('base64'), {
          messageTimeToLive: -1,
          ...(options.delaySeconds === undefined ? {} : { visibilityTimeout: options.delaySeconds }),
        }),
      )
    },
  }
}
