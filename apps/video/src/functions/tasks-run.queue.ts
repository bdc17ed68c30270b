import { logOutcome, traceIdOf } from '@zoetrope/app-kit'
import { TaskMessage } from '@zoetrope/contracts'
import { runTask } from '@zoetrope/tasks'

import { edge } from '../edge.ts'

/** `tasks-video` -> one video or audio task: its files under its content key, its result on `task-results`. */
export const runMediaTask = edge.queue({
  name: 'tasks-run',
  queueName: 'tasks-video',
  schema: TaskMessage,
  handle: async (message, deps, context) => {
    const startedAt = performance.now()
    await runTask(message, {
      ...deps,
      onFailure: (error, { taskId, jobId, tenantId, operation, attempt }) => {
        const durationMs = Math.round(performance.now() - startedAt)
        const ids = { traceId: traceIdOf(context), tenantId, jobId, taskId, operation, attempt }
        const outcome = error.status < 500 ? 'refused' : 'failed'
        logOutcome(context, { ...ids, durationMs, code: error.code, outcome }, error)
      },
    })
  },
})
