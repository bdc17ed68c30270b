import { ok } from '@zoetrope/app-kit'
import { idSchema, ListQuery, RenditionBody, RenditionDocument } from '@zoetrope/contracts'
import { listPage } from '@zoetrope/store'
import { z } from 'zod'

import { edge } from '../edge.ts'
import { mapPage, pageSchema } from '../page-schema.ts'
import { readAsset } from '../read-asset.ts'
import { toRenditionBody } from '../to-rendition-body.ts'

/** `GET /v1/assets/{assetId}/renditions` */
export const listRenditions = edge.http({
  name: 'renditions-list',
  methods: ['GET'],
  route: 'v1/assets/{assetId}/renditions',
  auth: 'tenant',
  summary: 'What was made of an asset, with its addresses.',
  params: z.object({ assetId: idSchema('ast') }),
  query: z.strictObject(ListQuery.shape),
  answer: { status: 200, schema: pageSchema(RenditionBody) },
  handle: async ({ params, query, tenantId }, deps) => {
    const asset = await readAsset(deps, tenantId, params.assetId)
    const page = await listPage(deps.store.library, RenditionDocument, [tenantId, params.assetId], {
      kind: 'rendition',
      ...query,
      oldestFirst: true,
      withoutStates: ['deleted'],
    })
    return ok(mapPage(page, (rendition) => toRenditionBody(rendition, asset, deps.settings.deliveryUrl)))
  },
})
