import { ok } from '@zoetrope/app-kit'
import { idSchema, JobBody, TaskDocument } from '@zoetrope/contracts'
import { z } from 'zod'

import { edge } from '../edge.ts'
import { readJob } from '../read-job.ts'
import { toJobBody } from '../to-job-body.ts'

/** `GET /v1/jobs/{jobId}` */
export const getJob = edge.http({
  name: 'jobs-get',
  methods: ['GET'],
  route: 'v1/jobs/{jobId}',
  auth: 'tenant',
  summary: 'One job, with the tasks of its run in the order of the plan.',
  params: z.object({ jobId: idSchema('job') }),
  answer: { status: 200, schema: JobBody },
  handle: async ({ params, tenantId }, deps) => {
    const job = await readJob(deps, tenantId, params.jobId)
    const tasks = await deps.store.jobs.query(TaskDocument, [tenantId, job.jobId], {
      text: "SELECT * FROM c WHERE c.kind = 'task' AND c.run = @run",
      parameters: { run: job.run },
    })
    return ok(
      toJobBody(
        job,
        tasks.toSorted((a, b) => a.order - b.order),
      ),
    )
  },
})
