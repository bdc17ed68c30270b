import type { CosmosContainerName } from '@zoetrope/contracts'
import type { ChangedDocument } from '@zoetrope/store'

import type { Deps } from './wiring.ts'

/**
 * Copies a batch into the backup account, and tells how far behind it is. A batch that cannot be copied comes again, and tells it
 * each time, so that a replica that stands still shows.
 */
export async function replicate(
  { replica, record }: Pick<Deps, 'replica' | 'record'>,
  containerName: CosmosContainerName,
  documents: readonly ChangedDocument[],
): Promise<void> {
  try {
    await replica.copy(containerName, documents)
  } finally {
    record('replica.lagMs', lagMsOf(documents, Date.now()), { container: containerName })
  }
}

/** Age of the oldest change, ms. `_ts` is in whole seconds, so what is younger than one counts as 0. */
export function lagMsOf(documents: readonly ChangedDocument[], nowMs: number): number {
  const oldestMs = Math.min(...documents.map((document) => Number(document['_ts']) * 1000))
  return Math.max(0, nowMs - oldestMs - 999)
}
