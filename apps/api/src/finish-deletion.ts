import type { AssetDocument } from '@zoetrope/contracts'
import { RenditionDocument, tombstoneTtlSeconds, UploadDocument, withPrefix } from '@zoetrope/contracts'
import type { TenantId } from '@zoetrope/contracts'
import { eventOperation } from '@zoetrope/store'

import type { Deps } from './wiring.ts'

/** A batch holds at most this many operations. */
const renditionsPerBatch = 100

/**
 * The later steps of a deletion, each repeatable: renditions, the source, and, once nobody can write the source any more, the asset.
 * Answers `waiting` while an upload URL is still valid, or when somebody else was faster: a later sweep goes on.
 */
export async function finishDeletion(deps: Deps, asset: AssetDocument): Promise<'deleted' | 'waiting'> {
  if (!(await deleteRenditions(deps, asset))) return 'waiting'
  const partition = [asset.tenantId, asset.assetId]
  const uploadId = withPrefix('upl', asset.assetId)
  const upload = await deps.store.library.read(UploadDocument, partition, uploadId)
  // Under an upload's name any version goes; a name that a tool chose may hold another file by now.
  await deps.uploads.remove(asset.source.blob, upload ? undefined : asset.source.etag)
  const isClosed = !upload || upload.expiresAt <= deps.clock().toISOString()
  if (!isClosed) {
    const waiting: AssetDocument = { ...asset, deletionDueAt: upload.expiresAt }
    await deps.store.library.replace(partition, waiting)
    return 'waiting'
  }
  return (await writeTombstones(deps, asset, upload)) ? 'deleted' : 'waiting'
}

async function deleteRenditions(deps: Deps, { tenantId, assetId }: AssetDocument): Promise<boolean> {
  for (;;) {
    const page = await deps.store.library.query(RenditionDocument, [tenantId, assetId], {
      text: "SELECT * FROM c WHERE c.kind = 'rendition' AND c.state != 'deleted'",
      limit: renditionsPerBatch,
    })
    if (page.length === 0) return true
    const updatedAt = deps.clock().toISOString()
    const operations = page.map((rendition) => {
      const document: RenditionDocument = {
        ...rendition,
        state: 'deleted',
        updatedAt,
        ttl: tombstoneTtlSeconds,
      }
      return { type: 'replace' as const, document }
    })
    if ((await deps.store.library.batch([tenantId, assetId], operations)) !== 'written') return false
  }
}

async function writeTombstones(
  deps: Deps,
  asset: AssetDocument,
  upload: UploadDocument | undefined,
): Promise<boolean> {
  const now = deps.clock()
  const gone = { updatedAt: now.toISOString(), ttl: tombstoneTtlSeconds }
  const deleted: AssetDocument = { ...asset, ...gone, state: 'deleted' }
  const { assetId } = asset
  const tenantId = asset.tenantId as TenantId
  const outcome = await deps.store.library.batch(
    [tenantId, assetId],
    [
      { type: 'replace', document: deleted },
      ...(upload ? [{ type: 'replace' as const, document: { ...upload, ...gone } }] : []),
      eventOperation({ tenantId, assetId, type: 'asset.deleted', key: [assetId] }, now),
    ],
  )
  return outcome === 'written'
}
