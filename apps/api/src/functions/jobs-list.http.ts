import { ok } from '@zoetrope/app-kit'
import { idSchema, JobBody, JobDocument, JobState, ListQuery } from '@zoetrope/contracts'
import { listPage } from '@zoetrope/store'
import { z } from 'zod'

import { edge } from '../edge.ts'
import { mapPage, pageSchema } from '../page-schema.ts'
import { toJobBody } from '../to-job-body.ts'

/** `GET /v1/jobs` */
export const listJobs = edge.http({
  name: 'jobs-list',
  methods: ['GET'],
  route: 'v1/jobs',
  auth: 'tenant',
  summary: 'Jobs, newest first.',
  query: z.strictObject({
    ...ListQuery.shape,
    state: JobState.optional(),
    assetId: idSchema('ast').optional(),
  }),
  answer: { status: 200, schema: pageSchema(JobBody) },
  handle: async ({ query, tenantId }, deps) => {
    const { limit, cursor, state, assetId } = query
    const where = { state, assetId }
    const page = await listPage(deps.store.jobs, JobDocument, [tenantId], {
      kind: 'job',
      limit,
      cursor,
      where,
    })
    return ok(mapPage(page, (job) => toJobBody(job)))
  },
})
