import { ok } from '@zoetrope/app-kit'
import { AssetBody, idSchema } from '@zoetrope/contracts'
import { z } from 'zod'

import { edge } from '../edge.ts'
import { readAsset } from '../read-asset.ts'
import { toAssetBody } from '../to-asset-body.ts'

/** `GET /v1/assets/{assetId}` */
export const getAsset = edge.http({
  name: 'assets-get',
  methods: ['GET'],
  route: 'v1/assets/{assetId}',
  auth: 'tenant',
  summary: 'One asset, with the ETag that a change asks for.',
  params: z.object({ assetId: idSchema('ast') }),
  answer: { status: 200, schema: AssetBody },
  handle: async ({ params, tenantId }, deps) => {
    const asset = await readAsset(deps, tenantId, params.assetId)
    return ok(toAssetBody(asset, deps.settings.deliveryUrl), { etag: asset._etag ?? '' })
  },
})
