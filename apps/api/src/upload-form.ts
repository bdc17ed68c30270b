import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { Transform } from 'node:stream'
import { finished, pipeline } from 'node:stream/promises'

import type { HttpRequest } from '@azure/functions'
import { validate } from '@zoetrope/app-kit'
import type { TenantId, UploadId } from '@zoetrope/contracts'
import { CreateUploadBody, err, UploadBody } from '@zoetrope/contracts'
import { z } from 'zod'

import { createUpload } from './create-upload.ts'
import type { FormFields, FormFile } from './receive-form.ts'
import { receiveForm } from './receive-form.ts'
import { runOnce } from './run-once.ts'
import { toUploadBody } from './to-upload-body.ts'
import type { Deps } from './wiring.ts'

const Fields = z.strictObject({
  filename: z.string().optional(),
  labels: z.string().optional(),
})
const Kept = z.object({ upload: UploadBody, sha256: z.string() })

/** Takes a small file in a form: fields `filename` and `labels` (JSON), then the file, streamed straight into its blob. */
export async function uploadForm(deps: Deps, tenantId: TenantId, request: HttpRequest): Promise<UploadBody> {
  return receiveForm(request, deps.settings.maxFormBytes, async (fields, file) => {
    const body = toBody(fields, file)
    const bytes = hashing(file.stream)
    let isWritten = false
    const key = request.headers.get('idempotency-key')
    const once = { tenantId, key, request: ['POST form /v1/uploads', body], prefix: 'upl' } as const
    const answer = await runOnce(deps, once, async ({ id, isRepeat }) => {
      isWritten = true
      const upload = await createUpload(deps, { ...body, tenantId, uploadId: id as UploadId })
      // A try that died after its commit: the file is there, and may be an asset already.
      const isThere = isRepeat && (await deps.uploads.head(upload.blob)) !== undefined
      if (isThere) await drain(bytes.stream)
      else
        await deps.uploads.writeStream(upload.blob, bytes.stream, {
          contentType: upload.contentType ?? 'application/octet-stream',
        })
      return { status: 201, body: { upload: toUploadBody(upload, deps.clock()), sha256: bytes.digest() } }
    })
    const kept = Kept.parse(answer.body)
    if (!isWritten) {
      await drain(bytes.stream)
      if (bytes.digest() !== kept.sha256) throw err('IDEMPOTENCY_KEY_REUSED')
    }
    return kept.upload
  })
}

function toBody(given: FormFields, file: FormFile): CreateUploadBody {
  const fields = validate(Fields, given)
  const filename = fields.filename ?? file.filename
  return validate(CreateUploadBody, {
    ...(filename ? { filename: filename.toWellFormed().slice(0, 255) } : {}),
    contentType: file.contentType.slice(0, 127),
    ...(fields.labels === undefined ? {} : { labels: parseLabels(fields.labels) }),
  })
}

function parseLabels(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw err('REQUEST_INVALID', {
      errors: [{ pointer: '/labels', detail: 'must be a JSON object of texts' }],
    })
  }
}

function hashing(source: Readable): { readonly stream: Readable; digest(): string } {
  const hash = createHash('sha256')
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      done(null, chunk)
    },
  })
  let digest: string | undefined
  pipeline(source, stream).catch((error: unknown) => stream.destroy(error as Error))
  stream.on('error', () => undefined)
  return { stream, digest: () => (digest ??= hash.digest('hex')) }
}

async function drain(stream: Readable): Promise<void> {
  stream.resume()
  await finished(stream)
}
