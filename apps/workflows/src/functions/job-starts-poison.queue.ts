import { err, JobStartMessage, toErrorBody } from '@zoetrope/contracts'

import { edge } from '../edge.ts'
import { finishJob } from '../finish-job.ts'
import { readJob } from '../read-job.ts'

/** A start that failed too often fails its job, unless the run has been claimed meanwhile. */
export const failStart = edge.queue({
  name: 'job-starts-poison',
  queueName: 'job-starts-poison',
  schema: JobStartMessage,
  handle: async (message, deps) => {
    const { job } = await readJob(deps, message.tenantId, message.jobId)
    if (job.state !== 'queued' || job.run !== message.run) return
    await finishJob(deps, job, {
      state: 'failed',
      error: toErrorBody(err('MESSAGE_POISONED', { detail: 'The job could not be started.' })),
    })
  },
})
