import type { UploadDocument } from '@zoetrope/contracts'
import { UploadBody } from '@zoetrope/contracts'

/** An upload as the API shows it; `upload` (where to write) only for who creates it. */
export function toUploadBody(
  upload: UploadDocument,
  now: Date,
  target?: NonNullable<UploadBody['upload']>,
): UploadBody {
  const isExpired = upload.state === 'created' && upload.expiresAt <= now.toISOString()
  return UploadBody.parse({
    ...upload,
    ...(isExpired ? { state: 'expired' } : {}),
    ...(target ? { upload: target } : {}),
  })
}
