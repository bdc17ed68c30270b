import type { AssetDocument, TenantId } from '@zoetrope/contracts'
import { err } from '@zoetrope/contracts'
import { eventOperation } from '@zoetrope/store'

import { readAsset } from './read-asset.ts'
import type { Deps } from './wiring.ts'

/** Replaces the labels of the version of an asset that was read. @throws PRECONDITION_FAILED when somebody was faster */
export async function changeLabels(
  deps: Deps,
  asset: AssetDocument,
  labels: AssetDocument['labels'],
): Promise<AssetDocument> {
  const now = deps.clock()
  const { assetId } = asset
  const tenantId = asset.tenantId as TenantId
  const changed: AssetDocument = { ...asset, labels, updatedAt: now.toISOString() }
  const outcome = await deps.store.library.batch(
    [tenantId, assetId],
    [
      { type: 'replace', document: changed },
      eventOperation({ tenantId, assetId, type: 'asset.updated', data: { labels } }, now),
    ],
  )
  if (outcome !== 'written') throw err('PRECONDITION_FAILED')
  return readAsset(deps, tenantId, assetId)
}
