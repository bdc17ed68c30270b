import type { TenantId, UploadId } from '@zoetrope/contracts'
import { err, UploadDocument, withPrefix } from '@zoetrope/contracts'

import type { Deps } from './wiring.ts'

/** An upload of this tenant. @throws UPLOAD_NOT_FOUND */
export async function readUpload(
  deps: Pick<Deps, 'store'>,
  tenantId: TenantId,
  uploadId: UploadId,
): Promise<UploadDocument> {
  const partition = [tenantId, withPrefix('ast', uploadId)]
  const upload = await deps.store.library.read(UploadDocument, partition, uploadId)
  if (!upload) throw err('UPLOAD_NOT_FOUND')
  return upload
}
