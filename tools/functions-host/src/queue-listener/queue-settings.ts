import { availableParallelism } from 'node:os'

import { AppError } from '../errors.ts'
import { JsonSection } from '../config/json-section.ts'
import type { MessageEncoding } from '../storage/message-encoding.ts'
import { readMessageEncoding } from '../storage/message-encoding.ts'
import { parseTimeSpan } from '../time/time-span.ts'

/** `extensions.queues` of host.json. */
export interface QueueSettings {
  /** Messages taken at once, 1 to 32. */
  readonly batchSize: number
  /** The next batch is taken when no more messages than this run. */
  readonly newBatchThreshold: number
  readonly maxPollingIntervalMs: number
  /** How long a failed message stays hidden, ms. */
  readonly retryDelayMs: number
  readonly maxDequeueCount: number
  readonly encoding: MessageEncoding
}

/** The longest time that the service hides a message, ms. */
const longestHiddenMs = 7 * 24 * 3600 * 1000
/** The shortest wait between two polls, ms; no setting makes it shorter. */
export const shortestPollMs = 100

/** Reads the queue settings of host.json, names in any case; defaults are those of the real host. @throws AppError naming the setting and its limits */
export function readQueueSettings(queues: Readonly<Record<string, unknown>> | undefined): QueueSettings {
  const section = JsonSection.of(queues, 'host.json: extensions.queues')
  const batchSize = section.wholeNumber('batchSize', { least: 1, most: 32 }) ?? 16
  return {
    batchSize,
    newBatchThreshold:
      section.wholeNumber('newBatchThreshold', { least: 0, most: 1_000_000 }) ??
      Math.floor(batchSize / 2) * availableParallelism(),
    maxPollingIntervalMs: readMs(section, 'maxPollingInterval', {
      fallback: '00:01:00',
      least: shortestPollMs,
      most: Number.MAX_SAFE_INTEGER,
      limits: 'a time span of at least 00:00:00.1',
    }),
    retryDelayMs: readMs(section, 'visibilityTimeout', {
      fallback: '00:00:00',
      least: 0,
      most: longestHiddenMs,
      limits: 'a time span from 00:00:00 to 7.00:00:00',
    }),
    maxDequeueCount: section.wholeNumber('maxDequeueCount', { least: 1, most: 1_000_000 }) ?? 5,
    encoding: readMessageEncoding(queues),
  }
}

/** A time span, or, as the real host takes it too, a number of ms. */
function readMs(
  section: JsonSection,
  name: string,
  { fallback, least, most, limits }: { fallback: string; least: number; most: number; limits: string },
): number {
  const value = section.get(name) ?? fallback
  const ms = typeof value === 'number' ? value : parseTimeSpan(String(value), section.place(name))
  if (ms < least || ms > most)
    throw new AppError(`${section.place(name)}: ${JSON.stringify(value)} must be ${limits}.`)
  return ms
}
