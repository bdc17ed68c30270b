import { JobCommandMessage } from '@zoetrope/contracts'
import * as df from 'durable-functions'

import { edge } from '../edge.ts'
import { handleCommand } from '../handle-command.ts'
import { wakeInstance } from '../orchestration-client.ts'

/** `job-commands` -> the job, then a wake. */
export const commandJob = edge.queue({
  name: 'job-commands',
  queueName: 'job-commands',
  schema: JobCommandMessage,
  extraInputs: [df.input.durableClient()],
  handle: (message, deps, context) =>
    handleCommand(deps, message, (instanceId) => wakeInstance(context, instanceId)),
})
