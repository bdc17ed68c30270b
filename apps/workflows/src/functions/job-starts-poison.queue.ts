import { err, JobDocument, JobStartMessage, toErrorBody } from '@zoetrope/contracts'

import { edge } from '../edge.ts'
import { finishJob } from '../finish-job.ts'

/** A start that failed too often fails its job, unless the run has been claimed meanwhile. */
export const failStart = edge.queue({
  name: 'job-starts-poison',
  queueName: 'job-starts-poison',
  schema: JobStartMessage,
  handle: async (message, deps) => {
    const job = await deps.store.jobs.read(JobDocument, [message.tenantId, message.jobId], message.jobId)
    if (!job || job.state !== 'queued' || job.run !== message.run) return
    const error = toErrorBody(err('MESSAGE_POISONED', { detail: 'The job could not be started.' }))
    // Somebody was faster: the message comes again, and everything is read again.
    if (!(await finishJob(deps, job, { state: 'failed', error }))) throw err('STATE_CONFLICT')
  },
})
