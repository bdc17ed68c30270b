import { isRetried, ZoetropeError } from '@zoetrope/contracts'
import * as df from 'durable-functions'

import type { Look, RunInput } from '../durable-names.ts'
import { durableNames } from '../durable-names.ts'
import { lookAtJob } from '../look-at-job.ts'
import { wire } from '../wiring.ts'

df.app.activity(durableNames.look, {
  // What cannot be done now (database away) must not end the orchestration: look again soon. What never can be ends it.
  handler: async (input: RunInput, context): Promise<Look> => {
    try {
      return await lookAtJob(wire(context), input)
    } catch (error) {
      if (error instanceof ZoetropeError && !isRetried(error.category)) {
        context.error(`The look at ${input.jobId} failed for good.`, error)
        return { isEnded: true, alarmAt: '' }
      }
      context.error(`The look at ${input.jobId} failed; it is repeated.`, error)
      return { isEnded: false, alarmAt: new Date(Date.now() + 5_000).toISOString() }
    }
  },
})
