import { AssetDocument, deriveId, err, idSchema, RenditionDocument } from '@zoetrope/contracts'
import { z } from 'zod'

import { imageCacheControl } from '../cache-policy.ts'
import { edge } from '../edge.ts'
import { serveRendition } from '../serve-rendition.ts'

/** `GET /i/{tenantId}/{assetId}/{name}`: an image rendition of an asset. */
export const getImage = edge.http({
  name: 'images-get',
  methods: ['GET', 'HEAD'],
  route: 'i/{tenantId}/{assetId}/{name}',
  auth: 'none',
  summary: 'An image rendition; with `v` (the start of its content key) it may be cached for ever.',
  params: z.object({ tenantId: idSchema('ten'), assetId: idSchema('ast'), name: z.string().max(100) }),
  query: z.object({ v: z.string().max(64).optional() }),
  handle: async ({ params, query, request }, deps) => {
    const { tenantId, assetId, name } = params
    const partition = [tenantId, assetId]
    const [rendition, asset] = await Promise.all([
      deps.store.library.read(RenditionDocument, partition, deriveId('rnd', assetId, name)),
      deps.store.library.read(AssetDocument, partition, assetId),
    ])
    // The asset's state ends delivery at once, while its renditions are still being deleted.
    const isGone = !asset || asset.state === 'deleting' || asset.state === 'deleted'
    if (isGone || rendition?.state !== 'ready' || !rendition.blob) throw err('RENDITION_NOT_FOUND')
    return serveRendition(
      deps.renditions,
      rendition.blob,
      request,
      imageCacheControl(query.v ?? null, rendition.contentKey),
    )
  },
})
