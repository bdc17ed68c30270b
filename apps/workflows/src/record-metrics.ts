import type { JobDocument, UsageRecordDocument } from '@zoetrope/contracts'
import type { TaskChange } from '@zoetrope/domain'
import { isTaskEnded } from '@zoetrope/domain'

import type { Deps } from './wiring.ts'

/** A run has ended: how, why, and after how long. A run that nobody claimed has no duration. */
export function recordJobEnd({ record }: Pick<Deps, 'record'>, job: JobDocument): void {
  const { state, mediaType, startedAt, endedAt, error } = job
  record('jobs.ended', 1, { state, mediaType, code: error?.code ?? '', category: error?.category ?? '' })
  if (startedAt && endedAt)
    record('job.durationMs', Date.parse(endedAt) - Date.parse(startedAt), { state, mediaType })
}

/** A task that has ended, or an attempt of it that failed. */
export function recordTaskChange({ record }: Pick<Deps, 'record'>, { task, event }: TaskChange): void {
  const { state, operation, startedAt, endedAt } = task
  const code = task.error?.code ?? ''
  if (event === 'task.failed' || event === 'task.retried') record('attempts.failed', 1, { operation, code })
  if (!isTaskEnded(state)) return
  record('tasks.ended', 1, { state, operation, code })
  if (state === 'succeeded' && startedAt && endedAt)
    record('task.durationMs', Math.max(0, Date.parse(endedAt) - Date.parse(startedAt)), { operation })
}

/** What has been metered for the first time. */
export function recordUsage({ record }: Pick<Deps, 'record'>, usage: readonly UsageRecordDocument[]): void {
  for (const { amountNano, meter, operation, currency, billable } of usage)
    record('usage.amountNano', amountNano, { meter, operation, currency, billable: String(billable) })
}
