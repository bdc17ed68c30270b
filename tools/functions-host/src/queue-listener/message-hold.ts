import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue'

import type { Clock } from '../time/clock.ts'

/** How long a message is hidden while its function runs, s; renewed at half of it. */
export const visibilitySeconds = 600

/** How a renewal ended: `refused` by the service (the message is gone, or somebody else's), or without an answer of use. */
export type RenewalOutcome = 'renewed' | 'failed' | 'refused'

/**
 * When to renew next, ms; undefined: never again. Normally at half of the time that a message is hidden; after a
 * failure in half of the wait before, but not within a tenth of the hidden time.
 */
export function nextRenewalMs(
  beforeMs: number,
  outcome: RenewalOutcome,
  hiddenMs: number,
): number | undefined {
  if (outcome === 'refused') return undefined
  return outcome === 'renewed' ? hiddenMs / 2 : Math.max(beforeMs / 2, hiddenMs / 10)
}

/** Keeps a message hidden while its function runs. */
export class MessageHold {
  readonly #queue: QueueClient
  readonly #item: DequeuedMessageItem
  readonly #clock: Clock
  readonly #hiddenSeconds: number
  readonly #onRenewed: (popReceipt: string) => void
  #popReceipt: string
  #renewal: Promise<RenewalOutcome> | undefined
  readonly #released = new AbortController()

  constructor(
    queue: QueueClient,
    item: DequeuedMessageItem,
    options: {
      readonly clock: Clock
      readonly hiddenSeconds?: number
      readonly onRenewed?: (popReceipt: string) => void
    },
  ) {
    this.#queue = queue
    this.#item = item
    this.#popReceipt = item.popReceipt
    this.#clock = options.clock
    this.#hiddenSeconds = options.hiddenSeconds ?? visibilitySeconds
    this.#onRenewed = options.onRenewed ?? ((): void => {})
    void this.#renewFrom((this.#hiddenSeconds * 1000) / 2)
  }

  /** Stops renewing; answers the receipt that is valid now. */
  async release(): Promise<string> {
    this.#released.abort()
    await this.#renewal
    return this.#popReceipt
  }

  async #renewFrom(firstMs: number): Promise<void> {
    let waitMs: number | undefined = firstMs
    while (waitMs !== undefined && (await this.#clock.delay(waitMs, this.#released.signal))) {
      this.#renewal = this.#renew()
      waitMs = nextRenewalMs(waitMs, await this.#renewal, this.#hiddenSeconds * 1000)
    }
  }

  async #renew(): Promise<RenewalOutcome> {
    try {
      const { messageId } = this.#item
      const answer = await this.#queue.updateMessage(
        messageId,
        this.#popReceipt,
        undefined,
        this.#hiddenSeconds,
      )
      this.#popReceipt = answer.popReceipt ?? this.#popReceipt
      this.#onRenewed(this.#popReceipt)
      return 'renewed'
    } catch (error) {
      // Settling a message that was taken by somebody else finds that out, and leaves it alone.
      return isNotOurs(error) ? 'refused' : 'failed'
    }
  }
}

/** Whether the service says that a message is gone (or its queue is), or that somebody else has taken it. */
export function isNotOurs(error: unknown): boolean {
  const { statusCode, code } = error as { statusCode?: number; code?: string }
  return (
    statusCode === 404 ||
    (statusCode === 400 && code === 'PopReceiptMismatch') ||
    (statusCode === 409 && /^Queue(BeingDeleted|Disabled)$/.test(code ?? ''))
  )
}
