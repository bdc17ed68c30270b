import { ok } from '@zoetrope/app-kit'
import { AssetBody, idSchema } from '@zoetrope/contracts'
import { z } from 'zod'

import { beginDeletion } from '../delete-asset.ts'
import { edge } from '../edge.ts'
import { finishDeletion } from '../finish-deletion.ts'
import { toAssetBody } from '../to-asset-body.ts'

/** `DELETE /v1/assets/{assetId}` */
export const deleteAsset = edge.http({
  name: 'assets-delete',
  methods: ['DELETE'],
  route: 'v1/assets/{assetId}',
  auth: 'tenant',
  summary: 'Deletes an asset: from the answer on nothing of it is served.',
  params: z.object({ assetId: idSchema('ast') }),
  answer: { status: 202, schema: AssetBody },
  handle: async ({ params, tenantId, context }, deps) => {
    const asset = await beginDeletion(deps, tenantId, params.assetId)
    try {
      await finishDeletion(deps, asset)
    } catch (error) {
      // The asset is gone for its users; the sweep does the rest.
      context.warn(`The deletion of ${asset.assetId} goes on later: ${String(error)}`)
    }
    return ok(toAssetBody(asset, deps.settings.deliveryUrl), {}, 202)
  },
})
