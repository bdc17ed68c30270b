import { idSchema } from '@zoetrope/contracts'
import { z } from 'zod'

import { cancelUpload } from '../cancel-upload.ts'
import { edge } from '../edge.ts'

/** `DELETE /v1/uploads/{uploadId}` */
export const cancelUploadHttp = edge.http({
  name: 'uploads-cancel',
  methods: ['DELETE'],
  route: 'v1/uploads/{uploadId}',
  auth: 'tenant',
  summary: 'Cancels an upload that is not an asset yet.',
  params: z.object({ uploadId: idSchema('upl') }),
  answer: { status: 204 },
  handle: async ({ params, tenantId }, deps) => {
    await cancelUpload(deps, tenantId, params.uploadId)
    return { status: 204 }
  },
})
