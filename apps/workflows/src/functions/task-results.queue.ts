import { TaskResult } from '@zoetrope/contracts'
import * as df from 'durable-functions'

import { edge } from '../edge.ts'
import { handleResult } from '../handle-result.ts'
import { wakeInstance } from '../orchestration-client.ts'

/** `task-results` -> the task, its usage and events; then a wake. */
export const takeResult = edge.queue({
  name: 'task-results',
  queueName: 'task-results',
  schema: TaskResult,
  extraInputs: [df.input.durableClient()],
  handle: (message, deps, context) =>
    handleResult(deps, message, (instanceId) => wakeInstance(context, instanceId)),
})
