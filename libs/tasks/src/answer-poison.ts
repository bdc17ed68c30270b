import type { TaskMessage, TaskResult } from '@zoetrope/contracts'
import { err, taskContractVersion, toErrorBody } from '@zoetrope/contracts'

import type { QueuePort } from './queue-port.ts'

/** Answers for a task message that was set aside as poison: its attempt has failed, and may be tried again. */
export async function answerPoison(
  message: Pick<TaskMessage, 'taskId' | 'attempt' | 'jobId' | 'run' | 'tenantId'>,
  queue: QueuePort,
  nowMs: number = Date.now(),
): Promise<void> {
  const { taskId, attempt, jobId, run, tenantId } = message
  const time = new Date(nowMs).toISOString()
  const result: TaskResult = {
    contractVersion: taskContractVersion,
    taskId,
    attempt,
    jobId,
    run,
    tenantId,
    outcome: 'failed',
    outputs: [],
    usage: [],
    error: toErrorBody(err('MESSAGE_POISONED')),
    startedAt: time,
    endedAt: time,
  }
  await queue.send('task-results', result)
}
