import type {
  AssetDocument,
  AssetId,
  JobCommandMessage,
  PlaybackDocument,
  TenantId,
} from '@zoetrope/contracts'
import {
  AssetDocument as AssetSchema,
  err,
  JobDocument,
  mintId,
  tombstoneTtlSeconds,
} from '@zoetrope/contracts'
import { eventOperation, newDocument } from '@zoetrope/store'

import { readAsset } from './read-asset.ts'
import type { Deps } from './wiring.ts'

const maxTries = 8

/**
 * The steps of a deletion after which nothing can be added and nothing plays; then the caller is answered.
 * The rest is done by `finishDeletion`, by whoever comes first.
 */
export async function beginDeletion(
  deps: Deps,
  tenantId: TenantId,
  assetId: AssetId,
): Promise<AssetDocument> {
  const asset = await markDeleting(deps, tenantId, assetId)
  if (asset.playbackId) {
    const now = deps.clock()
    const tombstone: PlaybackDocument = {
      ...newDocument(now),
      id: asset.playbackId,
      kind: 'playback',
      tenantId,
      assetId,
      policy: 'public',
      container: 'renditions',
      state: 'deleted',
      ttl: tombstoneTtlSeconds,
    }
    // Also where none is yet: who would create it finds it taken.
    await deps.store.playback.upsert([asset.playbackId], tombstone)
  }
  await cancelJobs(deps, tenantId, assetId)
  return asset
}

async function markDeleting(deps: Deps, tenantId: TenantId, assetId: AssetId): Promise<AssetDocument> {
  for (let attempt = 1; attempt <= maxTries; attempt += 1) {
    const asset = await readAsset(deps, tenantId, assetId)
    if (asset.state === 'deleting') return asset
    const now = deps.clock()
    const deleting: AssetDocument = {
      ...asset,
      state: 'deleting',
      readyToPlay: false,
      updatedAt: now.toISOString(),
    }
    const outcome = await deps.store.library.batch(
      [tenantId, assetId],
      [
        { type: 'replace', document: deleting },
        eventOperation({ tenantId, assetId, type: 'asset.deleting', key: [assetId] }, now),
      ],
    )
    if (outcome === 'written') {
      const stored = await deps.store.library.read(AssetSchema, [tenantId, assetId], assetId)
      return stored ?? deleting
    }
  }
  throw err('STORE_UNAVAILABLE', { detail: 'The asset keeps changing.' })
}

/** Asks for an end of what still works on the asset; its results could not be written anyway. */
async function cancelJobs(deps: Deps, tenantId: TenantId, assetId: AssetId): Promise<void> {
  const jobs = await deps.store.jobs.query(JobDocument, [tenantId], {
    text: "SELECT * FROM c WHERE c.kind = 'job' AND c.tenantId = @tenantId AND c.assetId = @assetId AND c.state IN ('queued', 'running', 'waiting')",
    parameters: { tenantId, assetId },
    limit: 50,
  })
  for (const { jobId, run } of jobs) {
    const command: JobCommandMessage = { commandId: mintId('evt'), command: 'cancel', tenantId, jobId, run }
    await deps.queues.send('job-commands', command)
  }
}
