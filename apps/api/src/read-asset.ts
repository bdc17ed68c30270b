import type { AssetId, TenantId } from '@zoetrope/contracts'
import { AssetDocument, err } from '@zoetrope/contracts'

import type { Deps } from './wiring.ts'

/** An asset of this tenant; one that is being deleted is still there. @throws ASSET_NOT_FOUND */
export async function readAsset(
  deps: Pick<Deps, 'store'>,
  tenantId: TenantId,
  assetId: AssetId,
): Promise<AssetDocument> {
  const asset = await deps.store.library.read(AssetDocument, [tenantId, assetId], assetId)
  if (!asset || asset.state === 'deleted') throw err('ASSET_NOT_FOUND')
  return asset
}
