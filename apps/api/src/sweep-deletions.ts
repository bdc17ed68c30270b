import type { TenantId } from '@zoetrope/contracts'
import { AssetDocument } from '@zoetrope/contracts'

import { beginDeletion } from './delete-asset.ts'
import { finishDeletion } from './finish-deletion.ts'
import type { Deps } from './wiring.ts'

/** Assets looked at in one sweep, all at once. */
const maxPerSweep = 50

/** Finishes deletions that nobody else did. One that fails does not hold up the others: it is told at the end, and tried again next time. */
export async function sweepDeletions(deps: Deps): Promise<number> {
  const assets = await deps.store.library.queryAllTenants(AssetDocument, {
    text: `SELECT * FROM c WHERE c.kind = 'asset' AND c.state = 'deleting'
      AND (NOT IS_DEFINED(c.deletionDueAt) OR c.deletionDueAt <= @now) ORDER BY c.updatedAt`,
    parameters: { now: deps.clock().toISOString() },
    limit: maxPerSweep,
  })
  const outcomes = await Promise.allSettled(
    assets.map(async ({ tenantId, assetId }) => {
      // From the first step: the one who began may have died before the playback id was closed.
      const asset = await beginDeletion(deps, tenantId as TenantId, assetId)
      return finishDeletion(deps, asset)
    }),
  )
  const failed = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failed) throw failed.reason
  return outcomes.filter((outcome) => outcome.status === 'fulfilled' && outcome.value === 'deleted').length
}
