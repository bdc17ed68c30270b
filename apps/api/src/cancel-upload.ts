import type { TenantId, UploadDocument, UploadId } from '@zoetrope/contracts'
import { err, tombstoneTtlSeconds } from '@zoetrope/contracts'

import { readUpload } from './read-upload.ts'
import type { Deps } from './wiring.ts'

const maxTries = 5

/** Cancels an upload whose file has not been taken in. What is committed late is removed by ingest. @throws STATE_CONFLICT */
export async function cancelUpload(deps: Deps, tenantId: TenantId, uploadId: UploadId): Promise<void> {
  for (let attempt = 1; attempt <= maxTries; attempt += 1) {
    const upload = await readUpload(deps, tenantId, uploadId)
    if (upload.state === 'completed')
      throw err('STATE_CONFLICT', { detail: 'The upload is an asset already; delete the asset.' })
    const canceled: UploadDocument = {
      ...upload,
      state: 'canceled',
      updatedAt: deps.clock().toISOString(),
      ttl: deps.settings.uploadTtlSeconds + tombstoneTtlSeconds,
    }
    const isDone =
      upload.state === 'canceled' ||
      (await deps.store.library.replace([tenantId, upload.assetId], canceled)) === 'replaced'
    if (!isDone) continue
    await deps.uploads.remove(upload.blob)
    return
  }
  throw err('STORE_UNAVAILABLE', { detail: 'The upload keeps changing.' })
}
