import type { CreateUploadBody, TenantId, UploadId } from '@zoetrope/contracts'
import { err, tombstoneTtlSeconds, UploadDocument, withPrefix } from '@zoetrope/contracts'
import { newDocument } from '@zoetrope/store'

import type { Deps } from './wiring.ts'

/** What an upload is made of. */
export interface NewUpload extends CreateUploadBody {
  readonly tenantId: TenantId
  readonly uploadId: UploadId
}

/** Writes the upload, or finds the one that an earlier try with this id wrote. @throws SOURCE_TOO_LARGE */
export async function createUpload(deps: Deps, wanted: NewUpload): Promise<UploadDocument> {
  const { tenantId, uploadId, filename, contentType, sizeBytes, labels } = wanted
  const { maxSourceBytes, uploadTtlSeconds } = deps.settings
  if (sizeBytes !== undefined && sizeBytes > maxSourceBytes)
    throw err('SOURCE_TOO_LARGE', { detail: `A file may have ${maxSourceBytes} bytes.` })
  const assetId = withPrefix('ast', uploadId)
  const now = deps.clock()
  const name = filename?.split(/[\\/]/).at(-1)
  const upload: UploadDocument = {
    ...newDocument(now),
    id: uploadId,
    kind: 'upload',
    tenantId,
    assetId,
    state: 'created',
    ...(name ? { filename: name } : {}),
    contentType: safeContentType(contentType),
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
    blob: `${tenantId}/${assetId}/${uploadId}`,
    labels,
    expiresAt: new Date(now.getTime() + uploadTtlSeconds * 1000).toISOString(),
    // Ingest takes the ttl away when the file comes; an upload that is never used goes by itself.
    ttl: uploadTtlSeconds + tombstoneTtlSeconds,
  }
  const partition = [tenantId, assetId]
  await deps.store.library.create(partition, upload)
  const stored = await deps.store.library.read(UploadDocument, partition, uploadId)
  if (!stored) throw err('UPLOAD_NOT_FOUND')
  return stored
}

/** What the uploader calls it becomes a header, so it must look like one. The true type comes from the bytes. */
function safeContentType(contentType: string | undefined): string {
  const isType = /^[\w.+-]+\/[\w.+-]+(\s*;\s*[\w.+-]+=("[\w .,+-]*"|[\w.+-]+))*$/.test(contentType ?? '')
  return isType && contentType ? contentType : 'application/octet-stream'
}
