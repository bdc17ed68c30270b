import { ok } from '@zoetrope/app-kit'
import { deriveId, err, idSchema, ListQuery, RenditionDocument, RenditionFileBody } from '@zoetrope/contracts'
import { z } from 'zod'

import { edge } from '../edge.ts'
import { listRenditionFiles } from '../list-rendition-files.ts'
import { pageSchema } from '../page-schema.ts'
import { readAsset } from '../read-asset.ts'

/** `GET /v1/assets/{assetId}/renditions/{name}/files` */
export const listRenditionFilesHttp = edge.http({
  name: 'rendition-files-list',
  methods: ['GET'],
  route: 'v1/assets/{assetId}/renditions/{name}/files',
  auth: 'tenant',
  summary: 'Every file of a rendition, with its address, size and sha256.',
  params: z.object({ assetId: idSchema('ast'), name: z.string().min(1).max(100) }),
  query: z.strictObject(ListQuery.shape),
  answer: { status: 200, schema: pageSchema(RenditionFileBody) },
  handle: async ({ params, query, tenantId }, deps) => {
    const { assetId, name } = params
    const asset = await readAsset(deps, tenantId, assetId)
    const partition = [tenantId, assetId]
    const id = deriveId('rnd', assetId, name)
    const rendition = await deps.store.library.read(RenditionDocument, partition, id)
    if (!rendition || rendition.state === 'deleted') throw err('RENDITION_NOT_FOUND')
    return ok(await listRenditionFiles(deps, rendition, asset, query))
  },
})
