import { ok } from '@zoetrope/app-kit'
import { AssetBody, AssetDocument, AssetState, ListQuery, MediaType } from '@zoetrope/contracts'
import { listPage } from '@zoetrope/store'
import { z } from 'zod'

import { edge } from '../edge.ts'
import { mapPage, pageSchema } from '../page-schema.ts'
import { toAssetBody } from '../to-asset-body.ts'

/** `GET /v1/assets` */
export const listAssets = edge.http({
  name: 'assets-list',
  methods: ['GET'],
  route: 'v1/assets',
  auth: 'tenant',
  summary: 'Assets, newest first. Those being deleted are left out, unless `state` asks for them.',
  query: z.strictObject({
    ...ListQuery.shape,
    state: AssetState.optional(),
    mediaType: MediaType.optional(),
  }),
  answer: { status: 200, schema: pageSchema(AssetBody) },
  handle: async ({ query, tenantId }, deps) => {
    const { limit, cursor, state, mediaType } = query
    const page = await listPage(deps.store.library, AssetDocument, [tenantId], {
      kind: 'asset',
      limit,
      cursor,
      where: { state, mediaType },
      ...(state ? {} : { withoutStates: ['deleting', 'deleted'] }),
    })
    return ok(mapPage(page, (asset) => toAssetBody(asset, deps.settings.deliveryUrl)))
  },
})
