import type { TaskMessage, TaskResult } from '@zoetrope/contracts'
import { ZoetropeError, err, taskContractVersion, toErrorBody } from '@zoetrope/contracts'

import type { Execution } from './execute-task.ts'
import { executeTask } from './execute-task.ts'
import { startHeartbeat } from './heartbeat.ts'
import { manifestBlob } from './manifest-shelf.ts'
import type { TaskRuntime } from './task-runtime.ts'

/** The queue on which workers answer. */
const resultsQueue = 'task-results'

/** Largest result that carries its outputs itself, bytes; a longer one names the manifest instead. */
const maxResultBytes = 40 * 1024

/** What every answer of one execution begins with. */
type Head = Pick<
  TaskResult,
  'contractVersion' | 'taskId' | 'attempt' | 'jobId' | 'run' | 'tenantId' | 'startedAt'
>

/**
 * Runs one task of the queue, and answers on `task-results`: progress at once and then at every heartbeat, the result
 * at the end. What goes wrong with the task is an answer too; it rejects only where an answer could not be sent, so that
 * the queue delivers the message again. A task delivered twice is answered twice and made once.
 */
export async function runTask(message: TaskMessage, runtime: TaskRuntime): Promise<TaskResult> {
  const now = runtime.now ?? Date.now
  const head = headOf(message, now())
  const abort = new AbortController()
  const lookForCancel = async (): Promise<void> => {
    const { container, blob } = message.cancelBlob
    if (await runtime.blobs(container).head(blob)) abort.abort(err('TASK_CANCELED'))
  }
  using heartbeat = await startHeartbeat({
    ...runtime.settings,
    now,
    say: (progress) => runtime.queue.send(resultsQueue, { ...head, outcome: 'progress', progress }),
    look: lookForCancel,
  })
  const untilDeadlineMs = Math.max(0, Date.parse(message.deadlineAt) - now())
  const deadline = setTimeout(() => abort.abort(err('TASK_TIMEOUT')), untilDeadlineMs)
  const { signal } = abort
  const result = await attempt(head, { message, runtime, signal, report: heartbeat.report }, lookForCancel)
  clearTimeout(deadline)
  heartbeat[Symbol.dispose]()
  await runtime.queue.send(resultsQueue, result)
  return result
}

/** The result of an execution; never rejects. */
async function attempt(
  head: Head,
  execution: Execution,
  lookForCancel: () => Promise<void>,
): Promise<TaskResult> {
  const { message, runtime } = execution
  const end = (): string => new Date((runtime.now ?? Date.now)()).toISOString()
  try {
    await lookForCancel()
    const { manifest, folder, usage } = await executeTask(execution)
    const { contentKey, outputs, media, facts } = manifest
    const found = { ...(media ? { media } : {}), ...(facts ? { facts } : {}) }
    const result: TaskResult = {
      ...head,
      outcome: 'succeeded',
      contentKey,
      outputs,
      ...found,
      usage: [...usage],
      endedAt: end(),
    }
    if (Buffer.byteLength(JSON.stringify(result)) <= maxResultBytes) return result
    const named = { container: message.output.container, blob: manifestBlob(folder) }
    return { ...result, outputs: [], manifest: named }
  } catch (thrown) {
    const error = toTaskError(thrown)
    runtime.onFailure?.(error, message)
    const body = toErrorBody(error)
    return { ...head, outcome: 'failed', outputs: [], usage: [], error: body, endedAt: end() }
  }
}

function headOf(message: TaskMessage, startedAtMs: number): Head {
  const { taskId, attempt: number, jobId, run, tenantId } = message
  const startedAt = new Date(startedAtMs).toISOString()
  return { contractVersion: taskContractVersion, taskId, attempt: number, jobId, run, tenantId, startedAt }
}

/** What the storage client throws is a fault of the storage, a full disk one of the machine; anything else unknown is ours. */
function toTaskError(thrown: unknown): ZoetropeError {
  if (thrown instanceof ZoetropeError) return thrown
  if ((thrown as NodeJS.ErrnoException).code === 'ENOSPC') return err('SCRATCH_FULL', { cause: thrown })
  const isStorage = thrown instanceof Error && thrown.name === 'RestError'
  return err(isStorage ? 'BLOBS_UNAVAILABLE' : 'INTERNAL', { cause: thrown })
}
