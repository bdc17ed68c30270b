import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue'

import type { Log } from '../../log.ts'
import type { InvocationResult } from '../../worker/function-worker.ts'
import { decodeMessage } from './queue-message.ts'
import type { QueueSettings } from './queue-settings.ts'

/** How long a message is hidden while its function runs, s; renewed at half of it. */
const visibilitySeconds = 600
const firstPollMs = 100
/** How long the last request for messages may take when the host stops, ms. */
const lastReceiveMs = 1000

/** What a listener does with the messages of its queue. */
export interface QueueListenerOptions {
  readonly queue: QueueClient
  readonly settings: QueueSettings
  readonly log: Log
  /** Does what a message asks for. A failure, or an error thrown, is one failed try. */
  readonly handle: (item: DequeuedMessageItem, text: string) => Promise<InvocationResult>
  /** Where a message goes when its last try has failed; undefined: it stays, hidden. */
  readonly poisonQueueFor: (item: DequeuedMessageItem) => QueueClient | undefined
}

/** Takes messages of one queue and has each of them handled. */
export class QueueListener {
  readonly #queue: QueueClient
  readonly #settings: QueueSettings
  readonly #log: Log
  readonly #handleMessage: QueueListenerOptions['handle']
  readonly #poisonQueueFor: QueueListenerOptions['poisonQueueFor']
  readonly #running = new Set<Promise<void>>()
  readonly #stop = new AbortController()
  #isStopping = false
  #loop: Promise<void> | undefined
  #idlePolls = 0
  #isWoken = false
  #endWait: (() => void) | undefined

  constructor(options: QueueListenerOptions) {
    this.#queue = options.queue
    this.#settings = options.settings
    this.#log = options.log
    this.#handleMessage = options.handle
    this.#poisonQueueFor = options.poisonQueueFor
  }

  get queueName(): string {
    return this.#queue.name
  }

  start(): void {
    this.#loop = this.#run()
  }

  /** The queue has something new: poll now. */
  wake(): void {
    this.#isWoken = true
    this.#idlePolls = 0
    this.#endWait?.()
  }

  async drain(): Promise<void> {
    this.#isStopping = true
    this.#endWait?.()
    // Messages that are just on their way here would stay hidden; a service that does not answer is not waited for.
    const timer = setTimeout(() => this.#stop.abort(), lastReceiveMs)
    await this.#loop
    clearTimeout(timer)
    await Promise.all(this.#running)
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      if (this.#running.size > this.#settings.newBatchThreshold) {
        await Promise.race(this.#running)
        continue
      }
      this.#isWoken = false
      const messages = await this.#receive()
      for (const message of messages) {
        const work = this.#handle(message).catch((error: unknown) => {
          this.#log(
            'error',
            `Queue ${this.queueName}: message ${message.messageId} could not be settled: ${(error as Error).message}`,
          )
        })
        this.#running.add(work)
        void work.finally(() => this.#running.delete(work))
      }
      if (messages.length > 0) this.#idlePolls = 0
      else await this.#wait()
    }
  }

  async #receive(): Promise<DequeuedMessageItem[]> {
    try {
      const answer = await this.#queue.receiveMessages({
        numberOfMessages: this.#settings.batchSize,
        visibilityTimeout: visibilitySeconds,
        abortSignal: this.#stop.signal,
      })
      return answer.receivedMessageItems
    } catch (error) {
      const { statusCode, message } = error as { statusCode?: number; message: string }
      // The trigger never makes its queue; until somebody does there is nothing to read.
      if (statusCode !== 404 && !this.#isStopping)
        this.#log('debug', `Queue ${this.queueName} cannot be read: ${message.split('\n')[0]}`)
      return []
    }
  }

  /** Waits with randomised exponential back-off, or until woken. */
  async #wait(): Promise<void> {
    if (this.#isWoken || this.#isStopping) return
    const ms =
      Math.min(firstPollMs * 2 ** this.#idlePolls, this.#settings.maxPollingIntervalMs) *
      (0.8 + Math.random() * 0.4)
    this.#idlePolls = Math.min(this.#idlePolls + 1, 20)
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#endWait = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.#endWait = undefined
  }

  async #handle(item: DequeuedMessageItem): Promise<void> {
    const { maxDequeueCount, encoding, retryDelayMs } = this.#settings
    if (item.dequeueCount > maxDequeueCount) return this.#toPoison(item)
    const hold = new MessageHold(this.#queue, item)
    let result: InvocationResult
    try {
      result = await this.#handleMessage(item, decodeMessage(item, encoding))
    } catch (error) {
      result = { ok: false, message: (error as Error).message, stack: '' }
      this.#log('error', `Queue ${this.queueName}: message ${item.messageId}: ${result.message}`)
    }
    const popReceipt = await hold.release()
    if (result.ok) return settle(() => this.#queue.deleteMessage(item.messageId, popReceipt))
    if (item.dequeueCount >= maxDequeueCount) return this.#toPoison({ ...item, popReceipt })
    // A worker that died gives its messages back at once.
    const hiddenSeconds = 'lost' in result ? 0 : Math.round(retryDelayMs / 1000)
    await settle(() => this.#queue.updateMessage(item.messageId, popReceipt, undefined, hiddenSeconds))
    if (hiddenSeconds === 0) this.wake()
  }

  /** Keeps the message in the poison queue first, then takes it off this one. */
  async #toPoison(item: DequeuedMessageItem): Promise<void> {
    const poisonQueue = this.#poisonQueueFor(item)
    if (!poisonQueue) return
    this.#log(
      'warning',
      `Message has reached MaxDequeueCount of ${this.#settings.maxDequeueCount}. Moving message to queue '${poisonQueue.name}'.`,
    )
    await poisonQueue.createIfNotExists()
    await poisonQueue.sendMessage(item.messageText, { messageTimeToLive: -1 })
    await settle(() => this.#queue.deleteMessage(item.messageId, item.popReceipt))
  }
}

/** Keeps a message hidden while its function runs. */
class MessageHold {
  readonly #queue: QueueClient
  readonly #item: DequeuedMessageItem
  #popReceipt: string
  #renewal: Promise<void> | undefined
  readonly #timer: NodeJS.Timeout

  constructor(queue: QueueClient, item: DequeuedMessageItem) {
    this.#queue = queue
    this.#item = item
    this.#popReceipt = item.popReceipt
    this.#timer = setInterval(
      () => {
        this.#renewal = this.#renew()
      },
      (visibilitySeconds * 1000) / 2,
    )
  }

  /** Stops renewing; answers the receipt that is valid now. */
  async release(): Promise<string> {
    clearInterval(this.#timer)
    await this.#renewal
    return this.#popReceipt
  }

  async #renew(): Promise<void> {
    try {
      const answer = await this.#queue.updateMessage(
        this.#item.messageId,
        this.#popReceipt,
        undefined,
        visibilitySeconds,
      )
      this.#popReceipt = answer.popReceipt ?? this.#popReceipt
    } catch {
      // The message is somebody else's now; settling it will find that out and leave it alone.
    }
  }
}

/** Settles a message; one that is gone or was taken by somebody else is no error. */
async function settle(action: () => Promise<unknown>): Promise<void> {
  try {
    await action()
  } catch (error) {
    const { statusCode } = error as { statusCode?: number }
    if (statusCode !== 404 && statusCode !== 400) throw error
  }
}
