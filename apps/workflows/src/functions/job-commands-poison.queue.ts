import { deriveId, JobCommandMessage, JobDocument } from '@zoetrope/contracts'
import { eventOperation } from '@zoetrope/store'

import { idsOf } from '../claim-run.ts'
import { edge } from '../edge.ts'

/** A command that failed too often is dropped, and an event tells it. */
export const dropCommand = edge.queue({
  name: 'job-commands-poison',
  queueName: 'job-commands-poison',
  schema: JobCommandMessage,
  handle: async (message, deps) => {
    const job = await deps.store.jobs.read(JobDocument, [message.tenantId, message.jobId], message.jobId)
    if (!job) return
    const key = [deriveId('evt', message.commandId)]
    const data = { command: message.command, code: 'MESSAGE_POISONED' }
    await deps.store.jobs.batch(
      [job.tenantId, job.jobId],
      [eventOperation({ ...idsOf(job), type: 'job.commandFailed', key, data }, deps.now())],
    )
  },
})
