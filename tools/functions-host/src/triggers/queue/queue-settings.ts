import { availableParallelism } from 'node:os'

import { AppError } from '../../errors.ts'
import { parseTimeSpan } from '../../time-span.ts'

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
  readonly encoding: 'base64' | 'none'
}

/** The longest time that the service hides a message, ms. */
const longestHiddenMs = 7 * 24 * 3600 * 1000
/** The shortest wait between two polls, ms; no setting makes it shorter. */
export const shortestPollMs = 100

/** Reads the queue settings of host.json, names in any case; defaults are those of the real host. @throws AppError naming the setting and its limits */
export function readQueueSettings(section: Readonly<Record<string, unknown>> | undefined): QueueSettings {
  const values = new Map(Object.entries(section ?? {}).map(([name, value]) => [name.toLowerCase(), value]))
  const read = (name: string): unknown => values.get(name.toLowerCase())
  const batchSize = toInteger(read('batchSize') ?? 16, 'batchSize', { least: 1, most: 32 })
  const encoding = String(read('messageEncoding') ?? 'base64').toLowerCase()
  if (encoding !== 'base64' && encoding !== 'none')
    throw fault('messageEncoding', read('messageEncoding'), '"base64" or "none"')
  return {
    batchSize,
    newBatchThreshold: toInteger(
      read('newBatchThreshold') ?? Math.floor(batchSize / 2) * availableParallelism(),
      'newBatchThreshold',
      { least: 0, most: 1_000_000 },
    ),
    maxPollingIntervalMs: toMs(read('maxPollingInterval') ?? '00:01:00', 'maxPollingInterval', {
      least: shortestPollMs,
      most: Number.MAX_SAFE_INTEGER,
      limits: 'a time span of at least 00:00:00.1',
    }),
    retryDelayMs: toMs(read('visibilityTimeout') ?? '00:00:00', 'visibilityTimeout', {
      least: 0,
      most: longestHiddenMs,
      limits: 'a time span from 00:00:00 to 7.00:00:00',
    }),
    maxDequeueCount: toInteger(read('maxDequeueCount') ?? 5, 'maxDequeueCount', {
      least: 1,
      most: 1_000_000,
    }),
    encoding,
  }
}

function toInteger(value: unknown, name: string, { least, most }: { least: number; most: number }): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isInteger(number) || number < least || number > most)
    throw fault(name, value, `a whole number from ${least} to ${most}`)
  return number
}

/** A time span, or, as the real host takes it too, a number of ms. */
function toMs(
  value: unknown,
  name: string,
  { least, most, limits }: { least: number; most: number; limits: string },
): number {
  const ms = typeof value === 'number' ? value : parseTimeSpan(String(value), where(name))
  if (ms < least || ms > most) throw fault(name, value, limits)
  return ms
}

function fault(name: string, value: unknown, limits: string): AppError {
  return new AppError(`${where(name)}: ${JSON.stringify(value)} must be ${limits}.`)
}

function where(name: string): string {
  return `host.json: extensions.queues.${name}`
}
