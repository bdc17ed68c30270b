import { availableParallelism } from 'node:os'

import { parseTimeSpan } from '../../time-span.ts'

/** `extensions.queues` of host.json. */
export interface QueueSettings {
  readonly batchSize: number
  readonly newBatchThreshold: number
  readonly maxPollingIntervalMs: number
  /** How long a failed message stays hidden, ms. */
  readonly retryDelayMs: number
  readonly maxDequeueCount: number
  readonly encoding: 'base64' | 'none'
}

/** Reads the queue settings of host.json; defaults are those of the real host. @throws HostError */
export function readQueueSettings(section: Readonly<Record<string, unknown>> | undefined): QueueSettings {
  const batchSize = Math.min(Math.max(Number(section?.['batchSize'] ?? 16), 1), 32)
  return {
    batchSize,
    newBatchThreshold: Number(
      section?.['newBatchThreshold'] ?? Math.max(1, Math.floor(batchSize / 2)) * availableParallelism(),
    ),
    maxPollingIntervalMs: toMs(
      section?.['maxPollingInterval'] ?? '00:01:00',
      'host.json: queues.maxPollingInterval',
    ),
    retryDelayMs: toMs(section?.['visibilityTimeout'] ?? '00:00:00', 'host.json: queues.visibilityTimeout'),
    maxDequeueCount: Number(section?.['maxDequeueCount'] ?? 5),
    encoding: section?.['messageEncoding'] === 'none' ? 'none' : 'base64',
  }
}

/** A time span, or, as the real host takes it too, a number of ms. */
function toMs(value: unknown, where: string): number {
  return typeof value === 'number' ? value : parseTimeSpan(String(value), where)
}
