import { Worker } from 'node:worker_threads'

import { toZoetropeError } from '@zoetrope/contracts'

import type { ChildJob, ChildProgress, ChildReply, ChildRequest, ChildResult } from './child-protocol.ts'

/** The work of one operation, in a child process. It may block, and it may be killed at any time. */
export type ChildHandler = (
  job: ChildJob,
  report: (progress: ChildProgress) => void,
) => Promise<ChildResult> | ChildResult

/** The main program of a child process: does what its parent asks, and ends with it. */
export function serveChild(handlers: Readonly<Record<string, ChildHandler>>): void {
  endWithParent()
  const handle = async ({ runId, job }: ChildRequest): Promise<void> => {
    const handler = handlers[job.operation]
    if (!handler) {
      return reply({
        type: 'failed',
        runId,
        code: 'OPERATION_UNKNOWN',
        cause: `no ${job.operation} in the child`,
      })
    }
    try {
      const result = await handler(job, (progress) => reply({ type: 'progress', runId, progress }))
      reply({ type: 'done', runId, result })
    } catch (thrown) {
      const error = toZoetropeError(thrown)
      reply({
        type: 'failed',
        runId,
        code: error.code,
        ...(error.facts.detail ? { detail: error.facts.detail } : {}),
        cause: describe(error.cause ?? error),
      })
    }
  }
  process.on('message', (message) => void handle(message as ChildRequest))
  reply({ type: 'ready' })
}

/** An orphan ends: at once where it hears the channel close; a blocked one within a second, by a thread that watches the parent's id. */
function endWithParent(): void {
  process.once('disconnect', () => process.exit(0))
  const watch = `const parent = ${process.ppid}
    setInterval(() => { if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL') }, 1000)`
  new Worker(watch, { eval: true }).unref()
}

function reply(message: ChildReply): void {
  if (process.connected) process.send?.(message)
}

function describe(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
}
