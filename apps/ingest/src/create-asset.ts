import type { BlobFacts } from '@zoetrope/blobs'
import type { ErrorBody } from '@zoetrope/contracts'
import { AssetDocument, mintId } from '@zoetrope/contracts'
import type { BatchOperation } from '@zoetrope/store'
import { eventOperation, newDocument } from '@zoetrope/store'

import type { BlobPlace } from './blob-place.ts'
import { checkSource } from './check-source.ts'
import type { Deps } from './wiring.ts'

/**
 * Step 1 of SPINE's outbox: the asset, with the job that it will have, its event, and its upload completed, in one batch.
 * Answers the asset that stands, whoever made it; undefined when the file or its upload changed meanwhile (look again).
 */
export async function createAsset(
  deps: Deps,
  place: BlobPlace,
  blob: BlobFacts,
  failure?: ErrorBody,
): Promise<AssetDocument | undefined> {
  const partition = [place.tenantId, place.assetId]
  const existing = await deps.store.library.read(AssetDocument, partition, place.assetId)
  if (existing) return existing
  const source = await checkSource(deps, blob)
  if (source === 'gone') return undefined
  const asset = toAsset(place, blob, { ...source, ...(failure ? { error: failure } : {}) }, deps.clock())
  const outcome = await deps.store.library.batch(partition, toOperations(asset, place, deps.clock()))
  return outcome === 'written' ? asset : undefined
}

function toAsset(
  { tenantId, assetId, upload }: BlobPlace,
  blob: BlobFacts,
  source: Pick<AssetDocument, 'mediaType' | 'error'> & { readonly contentType: string },
  now: Date,
): AssetDocument {
  const filename = upload ? upload.filename : blob.name.split('/').at(-1)
  return {
    ...newDocument(now),
    id: assetId,
    kind: 'asset',
    tenantId,
    assetId,
    state: 'pending',
    readyToPlay: false,
    mediaType: source.mediaType,
    jobId: mintId('job', now.getTime()),
    source: {
      container: 'uploads',
      blob: blob.name,
      etag: blob.etag,
      sizeBytes: blob.sizeBytes,
      contentType: source.contentType,
      ...(filename ? { filename } : {}),
    },
    labels: upload?.labels ?? {},
    ...(source.error ? { error: source.error } : {}),
  }
}

function toOperations(asset: AssetDocument, { tenantId, upload }: BlobPlace, now: Date): BatchOperation[] {
  const { assetId } = asset
  const operations: BatchOperation[] = [
    { type: 'create', document: asset },
    eventOperation(
      { tenantId, assetId, type: 'asset.created', key: [assetId], data: { mediaType: asset.mediaType } },
      now,
    ),
  ]
  if (upload && upload.state !== 'completed') {
    const { ttl: _ttl, ...kept } = upload
    const { sizeBytes } = asset.source
    const completed = { ...kept, state: 'completed' as const, sizeBytes, updatedAt: now.toISOString() }
    operations.push({ type: 'replace', document: completed })
  }
  return operations
}
