import { randomUUID } from 'node:crypto'

import { ServiceError } from './service-error.ts'

/** A message that a queue holds. Times are ms since 1970. */
export interface StoredMessage {
  readonly messageId: string
  /** As it was sent: whoever sends and reads may have agreed on Base64. */
  readonly text: string
  readonly insertedMs: number
  /** Infinity: never. */
  readonly expiresMs: number
  /** Nobody is given it before. */
  readonly nextVisibleMs: number
  /** How often it was given out. */
  readonly dequeueCount: number
  /** Whoever has the latest one may change and delete the message. */
  readonly popReceipt: string
  /** Of two that became visible together the one that came first is first. */
  readonly order: number
}

/** The messages of one queue, in the order in which they are given out. It has no clock: each call says what time it is, ms since 1970. */
export class MessageList {
  /** By the time when they are visible. */
  #messages: StoredMessage[] = []
  #nextOrder = 0
  /** No message expires before. */
  #earliestExpiryMs = Number.POSITIVE_INFINITY

  /** Adds a message, hidden until `nextVisibleMs`. */
  put(
    text: string,
    times: { readonly nextVisibleMs: number; readonly expiresMs: number },
    nowMs: number,
  ): StoredMessage {
    const message = {
      messageId: randomUUID(),
      text,
      insertedMs: nowMs,
      ...times,
      dequeueCount: 0,
      popReceipt: newPopReceipt(),
      order: this.#nextOrder++,
    }
    this.#earliestExpiryMs = Math.min(this.#earliestExpiryMs, message.expiresMs)
    this.#insert(message)
    return message
  }

  /** Gives out at most so many visible messages and hides them until `nextVisibleMs`. */
  receive(most: number, nextVisibleMs: number, nowMs: number): StoredMessage[] {
    const received = this.peek(most, nowMs).map((message) => ({
      ...message,
      nextVisibleMs,
      dequeueCount: message.dequeueCount + 1,
      popReceipt: newPopReceipt(),
    }))
    this.#messages.splice(0, received.length)
    for (const message of received) this.#insert(message)
    return received
  }

  /** The next visible messages, at most so many; they stay visible. */
  peek(most: number, nowMs: number): StoredMessage[] {
    return this.#current(nowMs).slice(0, Math.min(most, this.visibleCount(nowMs)))
  }

  /** Changes when a message is visible, and its text where one is given. @throws ServiceError when the receipt is not its latest */
  update(
    messageId: string,
    popReceipt: string,
    change: { readonly nextVisibleMs: number; readonly text?: string },
    nowMs: number,
  ): StoredMessage {
    const updated = { ...this.#take(messageId, popReceipt, nowMs), ...change, popReceipt: newPopReceipt() }
    this.#insert(updated)
    return updated
  }

  /** Removes a message. @throws ServiceError when the receipt is not its latest */
  delete(messageId: string, popReceipt: string, nowMs: number): void {
    this.#take(messageId, popReceipt, nowMs)
  }

  /** Removes all messages. */
  clear(): void {
    this.#messages = []
    this.#earliestExpiryMs = Number.POSITIVE_INFINITY
  }

  /** All messages, hidden ones too. */
  all(nowMs: number): readonly StoredMessage[] {
    return [...this.#current(nowMs)]
  }

  /** How many messages can be had now. */
  visibleCount(nowMs: number): number {
    return firstIndex(this.#current(nowMs), (message) => message.nextVisibleMs > nowMs)
  }

  /** When the next hidden message turns visible; undefined: none is hidden. */
  nextVisibleMs(nowMs: number): number | undefined {
    return this.#current(nowMs)[this.visibleCount(nowMs)]?.nextVisibleMs
  }

  /** The messages that have not expired. */
  #current(nowMs: number): readonly StoredMessage[] {
    if (nowMs >= this.#earliestExpiryMs) {
      this.#messages = this.#messages.filter((message) => message.expiresMs > nowMs)
      this.#earliestExpiryMs = this.#messages.reduce(
        (earliestMs, { expiresMs }) => Math.min(earliestMs, expiresMs),
        Number.POSITIVE_INFINITY,
      )
    }
    return this.#messages
  }

  #insert(message: StoredMessage): void {
    const index = firstIndex(
      this.#messages,
      (other) =>
        other.nextVisibleMs > message.nextVisibleMs ||
        (other.nextVisibleMs === message.nextVisibleMs && other.order > message.order),
    )
    this.#messages.splice(index, 0, message)
  }

  #take(messageId: string, popReceipt: string, nowMs: number): StoredMessage {
    const index = this.#current(nowMs).findIndex((message) => message.messageId === messageId)
    const message = this.#messages[index]
    if (!message) throw new ServiceError('MessageNotFound')
    if (message.popReceipt !== popReceipt) throw new ServiceError('PopReceiptMismatch')
    this.#messages.splice(index, 1)
    return message
  }
}

function newPopReceipt(): string {
  return Buffer.from(randomUUID()).toString('base64')
}

/** The first index of a list at which something holds, which holds from there to the end; the length where it never does. */
function firstIndex<Item>(items: readonly Item[], holds: (item: Item) => boolean): number {
  let [low, high] = [0, items.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(items[middle] as Item)) high = middle
    else low = middle + 1
  }
  return low
}
