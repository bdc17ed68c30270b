import { JobStartMessage } from '@zoetrope/contracts'
import * as df from 'durable-functions'

import { edge } from '../edge.ts'
import { startRun } from '../orchestration-client.ts'

/** `job-starts` -> the orchestration of the run. */
export const startJob = edge.queue({
  name: 'job-starts',
  queueName: 'job-starts',
  schema: JobStartMessage,
  extraInputs: [df.input.durableClient()],
  handle: (message, _deps, context) => startRun(context, message),
})
