import { ok } from '@zoetrope/app-kit'
import type { JobCommandMessage } from '@zoetrope/contracts'
import { err, idSchema, JobBody, mintId } from '@zoetrope/contracts'
import { isJobEnded } from '@zoetrope/domain'
import { z } from 'zod'

import { edge } from '../edge.ts'
import { readJob } from '../read-job.ts'
import { toJobBody } from '../to-job-body.ts'

/** `POST /v1/jobs/{jobId}/cancel` */
export const cancelJob = edge.http({
  name: 'jobs-cancel',
  methods: ['POST'],
  route: 'v1/jobs/{jobId}/cancel',
  auth: 'tenant',
  summary: 'Asks for the end of a job. It is canceled a moment later.',
  params: z.object({ jobId: idSchema('job') }),
  answer: { status: 202, schema: JobBody },
  handle: async ({ params, tenantId }, deps) => {
    const job = await readJob(deps, tenantId, params.jobId)
    if (isJobEnded(job.state)) throw err('JOB_FINISHED')
    const { jobId, run } = job
    const command: JobCommandMessage = { commandId: mintId('evt'), command: 'cancel', tenantId, jobId, run }
    await deps.queues.send('job-commands', command)
    return ok(toJobBody(job), {}, 202)
  },
})
