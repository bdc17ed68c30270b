import type { UploadBody, UploadDocument } from '@zoetrope/contracts'

import type { Deps } from './wiring.ts'

/** Where and how to write the file of an upload: a URL that allows that alone, until the upload expires. */
export async function signUploadTarget(
  deps: Deps,
  upload: UploadDocument,
): Promise<NonNullable<UploadBody['upload']>> {
  return {
    method: 'PUT',
    url: await deps.sas.signUpload('uploads', upload.blob, new Date(upload.expiresAt)),
    headers: {
      'x-ms-blob-type': 'BlockBlob',
      'content-type': upload.contentType ?? 'application/octet-stream',
    },
    expiresAt: upload.expiresAt,
  }
}
