import { toZoetropeError } from '@zoetrope/contracts'

import type { ChildJob, ChildProgress, ChildReply, ChildRequest, ChildResult } from './child-protocol.ts'

/** The work of one operation, in a child process. It may block, and it may be killed at any time. */
export type ChildHandler = (
  job: ChildJob,
  report: (progress: ChildProgress) => void,
) => Promise<ChildResult> | ChildResult

/** The main program of a child process: does what its parent asks, and ends with it. */
export function serveChild(handlers: Readonly<Record<string, ChildHandler>>): void {
  const parentId = process.ppid
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
      const result = await handler(job, (progress) => {
        // Work that blocks never sees the channel close: an orphan notices by its parent's id.
        if (process.ppid !== parentId) process.exit(1)
        reply({ type: 'progress', runId, progress })
      })
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
  process.once('disconnect', () => process.exit(0))
  reply({ type: 'ready' })
}

function reply(message: ChildReply): void {
  if (process.connected) process.send?.(message)
}

function describe(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
}
