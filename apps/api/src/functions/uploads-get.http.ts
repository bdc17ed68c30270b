import { ok } from '@zoetrope/app-kit'
import { idSchema, UploadBody } from '@zoetrope/contracts'
import { z } from 'zod'

import { edge } from '../edge.ts'
import { readUpload } from '../read-upload.ts'
import { toUploadBody } from '../to-upload-body.ts'

/** `GET /v1/uploads/{uploadId}` */
export const getUpload = edge.http({
  name: 'uploads-get',
  methods: ['GET'],
  route: 'v1/uploads/{uploadId}',
  auth: 'tenant',
  summary: 'One upload.',
  params: z.object({ uploadId: idSchema('upl') }),
  answer: { status: 200, schema: UploadBody },
  handle: async ({ params, tenantId }, deps) =>
    ok(toUploadBody(await readUpload(deps, tenantId, params.uploadId), deps.clock())),
})
