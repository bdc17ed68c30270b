import { ok } from '@zoetrope/app-kit'
import type { JobId } from '@zoetrope/contracts'
import { CreateJobBody, JobBody } from '@zoetrope/contracts'

import { createJob } from '../create-job.ts'
import { edge } from '../edge.ts'
import { runOnce } from '../run-once.ts'
import { toJobBody } from '../to-job-body.ts'

/** `POST /v1/jobs` */
export const createJobHttp = edge.http({
  name: 'jobs-create',
  methods: ['POST'],
  route: 'v1/jobs',
  auth: 'tenant',
  summary: 'Processes an asset again, with its default workflow or another one.',
  body: CreateJobBody,
  answer: { status: 201, schema: JobBody },
  handle: async ({ body, tenantId, request }, deps) => {
    const key = request.headers.get('idempotency-key')
    const once = { tenantId, key, request: ['POST /v1/jobs', body], prefix: 'job' } as const
    const answer = await runOnce(deps, once, async ({ id }) => {
      const job = await createJob(deps, { ...body, tenantId, jobId: id as JobId })
      return { status: 201, body: toJobBody(job) }
    })
    const job = JobBody.parse(answer.body)
    return ok(job, { location: `/v1/jobs/${job.id}` }, answer.status)
  },
})
