import { availableParallelism } from 'node:os'

import type { AppSettings } from '../../config/app-settings.ts'
import { resolveSettings } from '../../config/app-config.ts'
import { HostError } from '../../errors.ts'
import { JsonSection } from '../../config/json-section.ts'
import type { TriggeredFunction } from '../../trigger.ts'
import type { QueueSettings } from '../../queue-listener/queue-settings.ts'
import type { BlobPathPattern } from './blob-path-pattern.ts'
import { parseBlobPathPattern } from './blob-path-pattern.ts'

/** The trigger binding of one function. */
export interface BlobTriggerSettings {
  readonly connection: string
  readonly pattern: BlobPathPattern
  /** Who tells of new blobs: the host finds them itself, or Event Grid posts them to it. */
  readonly source: 'LogsAndContainerScan' | 'EventGrid'
  /** The function gets a client for the blob instead of its content. */
  readonly isDeferred: boolean
}

/** Reads the trigger binding. @throws HostError naming the function and what to mend */
export function readBlobTrigger(
  { trigger, metadata }: TriggeredFunction,
  settings: AppSettings,
): BlobTriggerSettings {
  const where = `Function "${metadata.name}"`
  const source = /^(LogsAndContainerScan|EventGrid)$/i.exec(
    String(trigger['source'] ?? 'LogsAndContainerScan'),
  )
  if (!source)
    throw new HostError(
      `${where}: the source "${String(trigger['source'])}" of its blobTrigger is unknown. Use "EventGrid" or "LogsAndContainerScan".`,
    )
  if (typeof trigger['path'] !== 'string') throw new HostError(`${where}: its blobTrigger has no path.`)
  const connection = trigger['connection']
  return {
    connection: typeof connection === 'string' && connection !== '' ? connection : 'Storage',
    pattern: parseBlobPathPattern(resolveSettings(trigger['path'], settings, where), where),
    source: source[0].toLowerCase() === 'eventgrid' ? 'EventGrid' : 'LogsAndContainerScan',
    isDeferred: trigger['supportsDeferredBinding'] === 'true',
  }
}

/** How the internal queue is read, from `extensions.blobs` of host.json. @throws AppError naming the setting and its limits */
export function readBlobQueueSettings(blobs: Readonly<Record<string, unknown>> | undefined): QueueSettings {
  const section = JsonSection.of(blobs, 'host.json: extensions.blobs')
  const parallelism =
    section.wholeNumber('maxDegreeOfParallelism', { least: 1 }) ?? 8 * availableParallelism()
  const batchSize = Math.min(32, Math.floor(parallelism / 2) + 1)
  return {
    batchSize,
    newBatchThreshold: parallelism - batchSize,
    maxPollingIntervalMs: 60_000,
    retryDelayMs: 0,
    maxDequeueCount: section.wholeNumber('poisonBlobThreshold', { least: 1 }) ?? 5,
    encoding: 'base64',
  }
}
