import { err, TaskResult, toErrorBody } from '@zoetrope/contracts'
import * as df from 'durable-functions'

import { edge } from '../edge.ts'
import { handleResult } from '../handle-result.ts'
import { wakeInstance } from '../orchestration-client.ts'

/** A result that could not be taken in fails its attempt, and never more than that. */
export const failResult = edge.queue({
  name: 'task-results-poison',
  queueName: 'task-results-poison',
  schema: TaskResult,
  extraInputs: [df.input.durableClient()],
  handle: async (message, deps, context) => {
    if (message.outcome === 'progress') return
    const error = toErrorBody(err('MESSAGE_POISONED', { detail: 'The result could not be taken in.' }))
    const failed: TaskResult = { ...message, outcome: 'failed', outputs: [], usage: [], error }
    await handleResult(deps, failed, (instanceId) => wakeInstance(context, instanceId))
  },
})
