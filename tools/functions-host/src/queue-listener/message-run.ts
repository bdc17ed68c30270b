import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue'

import { holdUp } from '../chaos/chaos.ts'
import { createWhenMissing } from '../storage/create-when-missing.ts'
import { isNotOurs, MessageHold } from './message-hold.ts'
import type { TryOutcome } from './message-verdict.ts'
import { isPoison, verdictOn } from './message-verdict.ts'
import type { QueueListenerOptions } from './queue-listener-options.ts'
import { decodeBody } from './decode-body.ts'

/** What is to come for a message after a try: nothing, the next try at once or after the retry delay, or one more in hand, alone. */
export type NextTry = 'none' | 'again' | 'later' | 'alone'

/** One message in hand, from the queue until it is settled. */
export class MessageRun {
  readonly #options: QueueListenerOptions
  #item: DequeuedMessageItem
  #isAlone = false

  constructor(item: DequeuedMessageItem, options: QueueListenerOptions) {
    this.#item = item
    this.#options = options
  }

  get messageId(): string {
    return this.#item.messageId
  }

  /** Runs the function with the message, and settles it. @throws when it cannot be settled: it comes again when its hidden time is up */
  async tryOnce(isStopping: () => boolean): Promise<NextTry> {
    const { settings, poisonQueueFor } = this.#options
    const { dequeueCount, messageText } = this.#item
    const state = { dequeueCount, hasPoisonQueue: poisonQueueFor(this.#item) !== undefined }
    if (!this.#isAlone && isPoison(state, settings)) return this.#exhausted()
    const body = decodeBody(messageText, settings.encoding)
    if (!body) return this.#toPoison(`${this.#name()} is not base64`, encodingRemedy)
    const outcome = await this.#handle(body)
    // That the host ends is no fault of the message.
    if (outcome === 'lost' && isStopping()) return this.giveBack()
    const verdict = verdictOn(this.#isAlone && outcome === 'lost' ? 'failed' : outcome, state, settings)
    if (verdict === 'delete') return this.#comesAgain(body) ? this.giveBack() : this.#delete()
    if (verdict === 'poison') return this.#exhausted()
    if (verdict === 'leave') return this.#leave()
    if (verdict === 'runAlone') {
      this.#isAlone = true
      return 'alone'
    }
    return this.giveBack(verdict === 'giveBack' ? 0 : settings.retryDelayMs)
  }

  /** Gives the message back to the queue, where it can be taken again after this time. */
  async giveBack(hiddenMs = 0): Promise<NextTry> {
    const hiddenSeconds = Math.floor(hiddenMs / 1000)
    await this.#settle(({ messageId, popReceipt }, queue) =>
      queue.updateMessage(messageId, popReceipt, undefined, hiddenSeconds),
    )
    return hiddenSeconds === 0 ? 'again' : 'later'
  }

  /** As a message does whose deletion did not reach the queue in time; not on its last try, which would make it poison. */
  #comesAgain(body: Buffer): boolean {
    const { chaos, queue, settings } = this.#options
    if (this.#item.dequeueCount >= settings.maxDequeueCount) return false
    return chaos.strikes('queue message twice', () => `${queue.name} ${body.toString()}`)
  }

  async #handle(body: Buffer): Promise<TryOutcome> {
    const { queue, handle, inHand, log, clock } = this.#options
    const hold = new MessageHold(queue, this.#item, {
      clock,
      onRenewed: (popReceipt) => inHand?.note({ messageId: this.messageId, popReceipt }),
    })
    try {
      await holdUp(this.#options, 'queue message late', () => `${queue.name} ${body.toString()}`)
      const result = await handle(this.#item, body)
      if (result.ok) return 'succeeded'
      return 'lost' in result ? 'lost' : 'failed'
    } catch (error) {
      log('error', `${this.#name()}: ${(error as Error).message}`)
      return 'failed'
    } finally {
      this.#item = { ...this.#item, popReceipt: await hold.release() }
    }
  }

  async #delete(): Promise<NextTry> {
    await this.#settle(({ messageId, popReceipt }, queue) => queue.deleteMessage(messageId, popReceipt))
    return 'none'
  }

  /** The message stays as it is, until its hidden time is up. */
  #leave(): NextTry {
    this.#options.inHand?.forget(this.messageId)
    return 'none'
  }

  #exhausted(): Promise<NextTry> {
    return this.#toPoison(`Message has reached MaxDequeueCount of ${this.#options.settings.maxDequeueCount}`)
  }

  /** Keeps the message in the poison queue first, then takes it off this one. */
  async #toPoison(reason: string, remedy = ''): Promise<NextTry> {
    const { log, onPoisoned } = this.#options
    const poisonQueue = this.#options.poisonQueueFor(this.#item)
    const fate = poisonQueue ? `Moving message to queue '${poisonQueue.name}'` : 'It stays, hidden'
    log('warning', `${reason}. ${fate}. ${remedy}`.trim())
    if (!poisonQueue) return this.#leave()
    await createWhenMissing(
      () => poisonQueue.sendMessage(this.#item.messageText, { messageTimeToLive: -1 }),
      () => poisonQueue.createIfNotExists(),
    )
    onPoisoned?.(poisonQueue.name)
    return this.#delete()
  }

  /** Settles the message; that it is gone, or somebody else has taken it, is no error. */
  async #settle(action: (item: DequeuedMessageItem, queue: QueueClient) => Promise<unknown>): Promise<void> {
    const { queue, inHand } = this.#options
    try {
      await action(this.#item, queue)
    } catch (error) {
      if (!isNotOurs(error)) throw error
    }
    inHand?.forget(this.messageId)
  }

  #name(): string {
    return `Queue ${this.#options.queue.name}: message ${this.messageId}`
  }
}

const encodingRemedy = 'Send base64, or set extensions.queues.messageEncoding to "none" in host.json.'
