import type { TenantId } from '@zoetrope/contracts'
import { AssetDocument } from '@zoetrope/contracts'

import { beginDeletion } from './delete-asset.ts'
import { finishDeletion } from './finish-deletion.ts'
import type { Deps } from './wiring.ts'

const maxPerSweep = 200

/** Finishes deletions that nobody else did. */
export async function sweepDeletions(deps: Deps): Promise<number> {
  const assets = await deps.store.library.queryAllTenants(AssetDocument, {
    text: "SELECT * FROM c WHERE c.kind = 'asset' AND c.state = 'deleting' ORDER BY c.updatedAt",
    limit: maxPerSweep,
  })
  let deleted = 0
  for (const { tenantId, assetId } of assets) {
    // From the first step: the one who began may have died before the playback id was closed.
    const asset = await beginDeletion(deps, tenantId as TenantId, assetId)
    if ((await finishDeletion(deps, asset)) === 'deleted') deleted += 1
  }
  return deleted
}
