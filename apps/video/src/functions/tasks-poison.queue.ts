import { TaskMessage } from '@zoetrope/contracts'
import { answerPoison } from '@zoetrope/tasks'

import { edge } from '../edge.ts'

/** `tasks-video-poison` -> a message that was set aside fails its attempt. */
export const answerPoisonTask = edge.queue({
  name: 'tasks-poison',
  queueName: 'tasks-video-poison',
  schema: TaskMessage.pick({ taskId: true, attempt: true, jobId: true, run: true, tenantId: true }),
  handle: (message, deps) => answerPoison(message, deps.queue),
})
