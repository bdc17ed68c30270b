import { ok, requireIfMatch } from '@zoetrope/app-kit'
import { AssetBody, err, idSchema, PatchAssetBody } from '@zoetrope/contracts'
import { z } from 'zod'

import { changeLabels } from '../change-labels.ts'
import { edge } from '../edge.ts'
import { readAsset } from '../read-asset.ts'
import { toAssetBody } from '../to-asset-body.ts'

/** `PATCH /v1/assets/{assetId}` */
export const patchAsset = edge.http({
  name: 'assets-patch',
  methods: ['PATCH'],
  route: 'v1/assets/{assetId}',
  auth: 'tenant',
  summary: 'Replaces the labels of an asset. Needs `If-Match`.',
  params: z.object({ assetId: idSchema('ast') }),
  body: PatchAssetBody,
  answer: { status: 200, schema: AssetBody },
  handle: async ({ params, tenantId, body, request }, deps) => {
    const asset = await readAsset(deps, tenantId, params.assetId)
    requireIfMatch(request, asset._etag)
    if (asset.state === 'deleting') throw err('ASSET_DELETING')
    const changed = await changeLabels(deps, asset, body.labels)
    return ok(toAssetBody(changed, deps.settings.deliveryUrl), { etag: changed._etag ?? '' })
  },
})
