import { ok } from '@zoetrope/app-kit'
import type { UploadId } from '@zoetrope/contracts'
import { CreateUploadBody, UploadBody } from '@zoetrope/contracts'

import { createUpload } from '../create-upload.ts'
import { edge } from '../edge.ts'
import { readUpload } from '../read-upload.ts'
import { runOnce } from '../run-once.ts'
import { signUploadTarget } from '../sign-upload-target.ts'
import { toUploadBody } from '../to-upload-body.ts'
import { uploadForm } from '../upload-form.ts'

const form = 'multipart/form-data'

/** `POST /v1/uploads`: an address to write a file to; or a small file in a form. */
export const createUploadHttp = edge.http({
  name: 'uploads-create',
  methods: ['POST'],
  route: 'v1/uploads',
  auth: 'tenant',
  summary: 'Creates an upload and says where to write the file; or takes a small file in a form.',
  body: CreateUploadBody,
  rawContentTypes: [form],
  answer: { status: 201, schema: UploadBody },
  handle: async ({ body, tenantId, request }, deps) => {
    if (!body) {
      const upload = await uploadForm(deps, tenantId, request)
      return ok(upload, { location: `/v1/uploads/${upload.id}` }, 201)
    }
    const key = request.headers.get('idempotency-key')
    const once = { tenantId, key, request: ['POST /v1/uploads', body], prefix: 'upl' } as const
    const answer = await runOnce(deps, once, async ({ id }) => {
      const upload = await createUpload(deps, { ...body, tenantId, uploadId: id as UploadId })
      return { status: 201, body: toUploadBody(upload, deps.clock()) }
    })
    const upload = UploadBody.parse(answer.body)
    // Signed anew for a repeat: a URL that may be written to is not kept anywhere.
    const target = await signUploadTarget(deps, await readUpload(deps, tenantId, upload.id))
    return ok({ ...upload, upload: target }, { location: `/v1/uploads/${upload.id}` }, answer.status)
  },
})
