import * as df from 'durable-functions'

import { edge } from '../edge.ts'
import { isAlive, startRun, wakeInstance } from '../orchestration-client.ts'
import { sweepJobs } from '../sweep-jobs.ts'

/** Finds jobs that were forgotten, and starts or wakes them. */
export const sweep = edge.timer({
  name: 'jobs-sweep',
  schedule: '%ZOETROPE_SWEEP_SCHEDULE%',
  extraInputs: [df.input.durableClient()],
  handle: (deps, context) =>
    sweepJobs(deps, {
      isAlive: (instanceId) => isAlive(context, instanceId),
      start: (job) => startRun(context, job),
      wake: (instanceId) => wakeInstance(context, instanceId),
    }),
})
