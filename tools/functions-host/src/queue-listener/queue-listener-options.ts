import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue'

import type { Chaos } from '../chaos/chaos.ts'
import type { Log } from '../logging/log.ts'
import type { Clock } from '../time/clock.ts'
import type { InvocationResult } from '../worker/function-worker.ts'
import type { MessagesInHand } from './messages-in-hand.ts'
import type { QueueSettings } from './queue-settings.ts'

/** What a listener does with the messages of its queue. */
export interface QueueListenerOptions {
  readonly queue: QueueClient
  /** Where messages are asked for: a client that does not repeat a request that failed, for the next poll does. By default `queue`. */
  readonly pollingQueue?: QueueClient
  readonly settings: QueueSettings
  readonly log: Log
  readonly clock: Clock
  readonly chaos: Chaos
  /** Does what a message asks for. A failure, or an error thrown, is one failed try. */
  readonly handle: (item: DequeuedMessageItem, body: Buffer) => Promise<InvocationResult>
  /** Where a message goes when its last try has failed; undefined: it stays, hidden. */
  readonly poisonQueueFor: (item: DequeuedMessageItem) => QueueClient | undefined
  /** A message has been put there. */
  readonly onPoisoned?: (queueName: string) => void
  /** Lets the next host give back at once what this one has in hand when it dies. */
  readonly inHand?: MessagesInHand
  /** Instances that share the messages: so many times over the limits of one hold. By default 1. */
  readonly width?: () => number
}
