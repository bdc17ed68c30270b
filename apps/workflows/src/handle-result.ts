import type { JobDocument, TaskProgress, TaskResult } from '@zoetrope/contracts'
import { demoPriceBook, TaskDocument, UsageRecordDocument } from '@zoetrope/contracts'
import type { TaskChange } from '@zoetrope/domain'
import { applyResult, isJobEnded, isTaskEnded, priceUsage, progressOf } from '@zoetrope/domain'
import type { BatchOperation } from '@zoetrope/store'
import { eventOperation, newDocument } from '@zoetrope/store'

import { releaseSlots } from './admission.ts'
import { idsOf } from './claim-run.ts'
import { costOf } from './job-cost.ts'
import { readJob } from './read-job.ts'
import { recordTaskChange, recordUsage } from './record-metrics.ts'
import type { Deps } from './wiring.ts'

/** A job's progress is written at most this often, ms. */
const progressIntervalMs = 1_000

/** Wakes an orchestration; one that is gone is no error. */
export type Wake = (instanceId: string) => Promise<void>

/**
 * Takes a worker's answer in: task, usage and event in one batch (ids derived, so that a repeat is a no-op), then frees the
 * slot, then wakes the instance, always, also on a repeat: the database is the truth, the event only a wake-up.
 */
export async function handleResult(deps: Deps, result: TaskResult, wake: Wake): Promise<void> {
  const partition = [result.tenantId, result.jobId]
  for (;;) {
    const task = await deps.store.jobs.read(TaskDocument, partition, result.taskId)
    if (!task || result.run !== task.run) return
    const change = applyResult(task, result, deps.now())
    const usage = await newUsage(deps, task, result)
    const operations = [
      ...(change ? changeOperations(change, deps.now()) : []),
      ...usage.map((document): BatchOperation => ({ type: 'upsert', document })),
    ]
    if (operations.length > 0) {
      const outcome = await deps.store.jobs.batch(partition, operations)
      if (outcome === 'changed') continue
      if (outcome === 'missing') return
    }
    if (change) recordTaskChange(deps, change)
    recordUsage(deps, usage)
    if (result.outcome === 'progress') return change ? writeJobProgress(deps, result) : undefined
    const settled = change?.task ?? task
    if (isTaskEnded(settled.state) || change?.endsAttempt) await releaseSlots(deps, [settled])
    await writeJobProgress(deps, result)
    await wake(task.instanceId)
    return
  }
}

function changeOperations(change: TaskChange, now: Date): BatchOperation[] {
  const { task, event } = change
  const replaced: BatchOperation = { type: 'replace', document: task }
  if (!event) return [replaced]
  const data = { taskId: task.id, name: task.name, ...(task.error ? { error: task.error } : {}) }
  return [
    replaced,
    eventOperation({ ...idsOf(task), type: event, key: [task.id, task.attempt, task.state], data }, now),
  ]
}

/**
 * The usage of an answer, under derived ids. A success is billed once per task and meter, and the record stays as it was first
 * written: with another day it would be counted in both. What failed, and what was made before, is recorded at no charge under an
 * id of its own attempt.
 */
async function newUsage(deps: Deps, task: TaskDocument, result: TaskResult): Promise<UsageRecordDocument[]> {
  const records = result.usage.map((metered) => toUsageRecord(task, result, metered, deps.now()))
  const isNew = await Promise.all(
    records.map(async ({ id }) => {
      const partition = [task.tenantId, task.jobId]
      return (await deps.store.jobs.read(UsageRecordDocument, partition, id)) === undefined
    }),
  )
  return records.filter((_record, index) => isNew[index])
}

function toUsageRecord(
  task: TaskDocument,
  result: TaskResult,
  metered: TaskResult['usage'][number],
  now: Date,
): UsageRecordDocument {
  const billable = metered.billable && result.outcome === 'succeeded'
  const key = `usg_${task.id.slice(4)}_${metered.meter}`
  const endedAt = result.endedAt ?? now.toISOString()
  return {
    ...newDocument(now),
    id: billable ? key : `${key}_${result.attempt}`,
    kind: 'usage',
    tenantId: task.tenantId,
    jobId: task.jobId,
    assetId: task.assetId,
    taskId: task.id as UsageRecordDocument['taskId'],
    attempt: result.attempt,
    day: endedAt.slice(0, 10),
    step: task.step,
    operation: task.operation,
    engine: task.queue.replace('tasks-', ''),
    meter: metered.meter,
    quantity: metered.quantity,
    unit: metered.unit,
    billable,
    ...priceUsage({ ...metered, billable }, demoPriceBook),
  }
}

/**
 * What people see of a job: its progress while it runs, and what a late success has added to its cost. Conditional: whoever
 * ends the job at the same moment either reads this usage, or is seen here on the next round.
 */
async function writeJobProgress(deps: Deps, result: TaskResult): Promise<void> {
  for (;;) {
    const { job, tasks } = await readJob(deps, result.tenantId, result.jobId)
    const now = deps.now()
    const document = isJobEnded(job.state)
      ? await withLateCost(deps, job, result)
      : withProgress(job, progressOf(tasks, job.startedAt, now), { result, now })
    if (!document) return
    const written = { ...document, updatedAt: now.toISOString() }
    const outcome = await deps.store.jobs.replace([job.tenantId, job.jobId], written)
    if (outcome !== 'changed' || result.outcome === 'progress') return
  }
}

function withProgress(
  job: JobDocument,
  progress: TaskProgress,
  { result, now }: { readonly result: TaskResult; readonly now: Date },
): JobDocument | undefined {
  const isRecent = now.getTime() - Date.parse(job.updatedAt) < progressIntervalMs
  if (job.run !== result.run || (isRecent && result.outcome === 'progress')) return undefined
  const percent = Math.max(progress.percent, job.progress?.percent ?? 0)
  return { ...job, progress: { ...progress, percent } }
}

async function withLateCost(
  deps: Deps,
  job: JobDocument,
  result: TaskResult,
): Promise<JobDocument | undefined> {
  if (result.usage.length === 0) return undefined
  const cost = await costOf(deps, job)
  return cost.amountNano === job.cost?.amountNano ? undefined : { ...job, cost }
}
