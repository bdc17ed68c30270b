import type { ErrorBody, TaskDocument, TaskResult } from '@zoetrope/contracts'
import { err, isRetried, toErrorBody } from '@zoetrope/contracts'

import { isTaskEnded, move, taskMoves } from './state-tables.ts'

/** Failed attempts after which a task has failed. */
const maxFailedAttempts = 5
/** Attempts whose worker was lost, after which a task has failed. */
const maxLostAttempts = 10
const firstRetryMs = 2_000
const longestRetryMs = 5 * 60_000

/** How a result changed its task, and whether its usage counts. */
export interface TaskChange {
  readonly task: TaskDocument
  /** The task has ended, or its attempt has: its slot is free and its instance is to be woken. */
  readonly endsAttempt: boolean
  readonly event?: 'task.succeeded' | 'task.failed' | 'task.skipped' | 'task.retried'
}

/**
 * What a worker's answer does to its task; undefined where it does nothing.
 * A success of any attempt finishes an unfinished task; a failure ends its own attempt only; progress never changes a final state.
 */
export function applyResult(task: TaskDocument, result: TaskResult, now: Date): TaskChange | undefined {
  if (result.run !== task.run) return undefined
  const isCurrent =
    result.attempt === task.attempt && (task.state === 'dispatched' || task.state === 'running')
  switch (result.outcome) {
    case 'progress':
      return isCurrent ? { task: withProgress(task, result, now), endsAttempt: false } : undefined
    case 'succeeded':
    case 'skipped':
      return isTaskEnded(task.state)
        ? undefined
        : { task: withSuccess(task, result, now), endsAttempt: true, event: `task.${result.outcome}` }
    case 'failed':
      return isCurrent ? endAttempt(task, result.error ?? toErrorBody(err('INTERNAL')), now) : undefined
  }
}

/** Ends the current attempt with an error: the next one comes after a back-off, or the task has failed. */
export function endAttempt(task: TaskDocument, error: ErrorBody, now: Date): TaskChange {
  const isLost = error.code === 'WORKER_LOST'
  const failedAttempts = task.failedAttempts + (isLost ? 0 : 1)
  const lostAttempts = task.lostAttempts + (isLost ? 1 : 0)
  const counted = { ...task, failedAttempts, lostAttempts, error, updatedAt: now.toISOString() }
  if (isRetried(error.category) && failedAttempts < maxFailedAttempts && lostAttempts < maxLostAttempts) {
    const delayMs = isLost ? 0 : Math.min(firstRetryMs * 2 ** (failedAttempts - 1), longestRetryMs)
    const { dispatchedAt: _dispatched, lastHeardAt: _heard, progress: _progress, ...rest } = counted
    const notBefore = new Date(now.getTime() + delayMs).toISOString()
    return {
      task: { ...rest, state: move(taskMoves, task.state, 'pending'), notBefore },
      endsAttempt: true,
      event: 'task.retried',
    }
  }
  const ended = { ...counted, state: move(taskMoves, task.state, 'failed'), endedAt: now.toISOString() }
  return { task: ended, endsAttempt: true, event: 'task.failed' }
}

/** What silence does to a task: nothing yet; send the same attempt again; or the attempt has ended. */
export function judgeSilence(
  task: TaskDocument,
  now: Date,
  settings: { readonly silenceMs: number; readonly dispatchDeadlineMs: number },
):
  | { readonly verdict: 'fine' | 'resend'; readonly dueMs?: number }
  | { readonly verdict: 'ended'; readonly change: TaskChange } {
  if (task.state === 'running') {
    const dueMs = Date.parse(task.lastHeardAt ?? task.startedAt ?? task.updatedAt) + settings.silenceMs
    if (now.getTime() < dueMs) return { verdict: 'fine', dueMs }
    return {
      verdict: 'ended',
      change: endAttempt(
        task,
        toErrorBody(err('WORKER_LOST', { detail: `Nothing was heard for ${settings.silenceMs / 1000} s.` })),
        now,
      ),
    }
  }
  if (task.state === 'dispatched') {
    const dueMs = Date.parse(task.dispatchedAt ?? task.updatedAt) + settings.dispatchDeadlineMs
    return now.getTime() < dueMs ? { verdict: 'fine', dueMs } : { verdict: 'resend' }
  }
  return { verdict: 'fine' }
}

function withProgress(task: TaskDocument, result: TaskResult, now: Date): TaskDocument {
  return {
    ...task,
    state: move(taskMoves, task.state, 'running'),
    startedAt: task.startedAt ?? result.startedAt,
    lastHeardAt: now.toISOString(),
    updatedAt: now.toISOString(),
    ...(result.progress ? { progress: result.progress } : {}),
  }
}

function withSuccess(task: TaskDocument, result: TaskResult, now: Date): TaskDocument {
  const { error: _error, progress: _progress, ...rest } = task
  return {
    ...rest,
    state: move(taskMoves, task.state, result.outcome === 'skipped' ? 'skipped' : 'succeeded'),
    startedAt: task.startedAt ?? result.startedAt,
    endedAt: result.endedAt ?? now.toISOString(),
    updatedAt: now.toISOString(),
    outputs: result.outputs,
    ...(result.contentKey ? { contentKey: result.contentKey } : {}),
    ...(result.manifest ? { manifest: result.manifest } : {}),
    ...(result.media ? { media: result.media } : {}),
    ...(result.facts ? { facts: result.facts } : {}),
    ...(result.error ? { error: result.error } : {}),
  }
}
