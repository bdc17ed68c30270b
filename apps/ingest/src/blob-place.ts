import type { BlobFacts } from '@zoetrope/blobs'
import type { AssetId, TenantId } from '@zoetrope/contracts'
import { deriveId, isId, TenantDocument, UploadDocument } from '@zoetrope/contracts'

import type { Deps } from './wiring.ts'

/** Where a stored file belongs: its tenant, the asset it is or becomes, and the upload that brought it. */
export interface BlobPlace {
  readonly tenantId: TenantId
  readonly assetId: AssetId
  readonly upload?: UploadDocument
}

/**
 * Finds out where a file belongs. One with an upload has the upload's ids; one that a tool dropped under the folder
 * of a tenant gets ids derived from its name and etag. Undefined for a file of nobody.
 */
export async function findBlobPlace(
  deps: Pick<Deps, 'store'>,
  blob: Pick<BlobFacts, 'name' | 'etag'>,
): Promise<BlobPlace | undefined> {
  const [tenantId = '', assetId = '', uploadId = '', ...rest] = blob.name.split('/')
  if (!isId('ten', tenantId)) return undefined
  if (isId('ast', assetId) && isId('upl', uploadId) && rest.length === 0) {
    const upload = await deps.store.library.read(UploadDocument, [tenantId, assetId], uploadId)
    if (upload) return { tenantId, assetId, upload }
  }
  const tenant = await deps.store.catalog.read(TenantDocument, [tenantId], tenantId)
  if (!tenant?.isActive) return undefined
  return { tenantId, assetId: deriveId('ast', blob.name, blob.etag) }
}
