import type { ErrorBody, JobDocument, TaskDocument } from '@zoetrope/contracts'
import { err, toErrorBody, traitsOf } from '@zoetrope/contracts'

import { isJobEnded, isTaskEnded, move, taskMoves } from './state-tables.ts'
import type { TaskChange } from './task-rules.ts'
import { judgeSilence } from './task-rules.ts'

/** Time limits that a look goes by, ms. */
export interface LookSettings {
  /** Silence that ends an attempt. */
  readonly silenceMs: number
  /** A task that was sent and never begun is sent again after this. */
  readonly dispatchDeadlineMs: number
}

/** A look never waits longer than this for its next one, ms. */
export const longestWaitMs = 5 * 60_000

/** How a run has ended. */
export interface JobEnding {
  readonly state: 'succeeded' | 'partial' | 'failed' | 'canceled'
  readonly error?: ErrorBody
}

/** What a look at a job decides. */
export interface LookDecision {
  /** `plan`: the probe has told what the source is, and nothing is planned yet. */
  readonly next: 'ended' | 'probe' | 'plan' | 'work' | 'finish'
  /** Tasks that changed: attempts ended by silence, tasks skipped or canceled. */
  readonly changes: readonly TaskChange[]
  /** Tasks whose needs are met and whose back-off is over: admission may send them. */
  readonly ready: readonly TaskDocument[]
  /** Tasks whose message is to be sent once more, same attempt. */
  readonly resend: readonly TaskDocument[]
  readonly ending?: JobEnding
  /** When to look again at the latest. */
  readonly nextLookAt: Date
}

/** Decides, from the documents alone, what follows for a job. Pure: the same documents and time decide the same. */
export function decideLook(
  job: JobDocument,
  stored: readonly TaskDocument[],
  now: Date,
  settings: LookSettings,
): LookDecision {
  const nothing = { changes: [], ready: [], resend: [], nextLookAt: new Date(now.getTime() + longestWaitMs) }
  if (isJobEnded(job.state)) return { ...nothing, next: 'ended' }
  if (job.cancelRequestedAt)
    return {
      ...nothing,
      next: 'finish',
      changes: cancelAll(stored, now),
      ending: { state: 'canceled', error: toErrorBody(err('JOB_CANCELED')) },
    }
  const [probe] = stored
  if (!probe) return { ...nothing, next: 'probe' }

  const round = judgeAll(stored, now, settings)
  const { tasks, changes } = skipHopeless(round, now)
  if (tasks.length === 1 && tasks[0]?.state === 'succeeded') return { ...nothing, next: 'plan', changes }
  if (tasks.every((task) => isTaskEnded(task.state)))
    return { ...nothing, next: 'finish', changes, ending: endingOf(tasks) }

  const nowMs = now.getTime()
  const succeeded = new Set(tasks.filter((task) => task.state === 'succeeded').map((task) => task.name))
  const startable = tasks.filter(
    (task) => task.state === 'pending' && task.needs.every((name) => succeeded.has(name)),
  )
  const due = startable.filter((task) => Date.parse(task.notBefore ?? task.createdAt) <= nowMs)
  const laterMs = startable
    .filter((task) => !due.includes(task))
    .map((task) => Date.parse(task.notBefore ?? ''))
  // A worker may begin, and fall silent, without a wake.
  const mayBegin = due.length > 0 || tasks.some((task) => task.state === 'dispatched')
  const silenceMs = mayBegin ? [nowMs + settings.silenceMs] : []
  const nextMs = Math.min(nowMs + longestWaitMs, ...round.dueMs, ...laterMs, ...silenceMs)
  return {
    next: 'work',
    changes,
    ready: due,
    resend: round.resend,
    nextLookAt: new Date(Math.max(nextMs, nowMs)),
  }
}

interface Round {
  readonly tasks: readonly TaskDocument[]
  readonly changes: readonly TaskChange[]
  readonly resend: readonly TaskDocument[]
  readonly dueMs: readonly number[]
}

function judgeAll(stored: readonly TaskDocument[], now: Date, settings: LookSettings): Round {
  const changes: TaskChange[] = []
  const resend: TaskDocument[] = []
  const dueMs: number[] = []
  const tasks = stored.map((task) => {
    const judged = judgeSilence(task, now, settings)
    if (judged.verdict === 'ended') {
      changes.push(judged.change)
      return judged.change.task
    }
    if (judged.verdict === 'resend') resend.push(task)
    if (judged.dueMs !== undefined) dueMs.push(judged.dueMs)
    return task
  })
  return { tasks, changes, resend, dueMs }
}

/** Tasks that need one that will never succeed are skipped, and so on down the line. */
function skipHopeless(
  round: Round,
  now: Date,
): { tasks: readonly TaskDocument[]; changes: readonly TaskChange[] } {
  let { tasks } = round
  const changes = [...round.changes]
  for (;;) {
    const lost = new Set(
      tasks.filter((task) => isTaskEnded(task.state) && task.state !== 'succeeded').map((task) => task.name),
    )
    const hopeless = tasks.filter(
      (task) => task.state === 'pending' && task.needs.some((name) => lost.has(name)),
    )
    if (hopeless.length === 0) return { tasks, changes }
    const skipped = new Map(hopeless.map((task) => [task.id, end(task, 'skipped', now)]))
    for (const task of skipped.values()) changes.push({ task, endsAttempt: true, event: 'task.skipped' })
    tasks = tasks.map((task) => skipped.get(task.id) ?? task)
  }
}

function cancelAll(tasks: readonly TaskDocument[], now: Date): TaskChange[] {
  return tasks
    .filter((task) => !isTaskEnded(task.state))
    .map((task) => ({ task: end(task, 'canceled', now), endsAttempt: true }))
}

function end(task: TaskDocument, state: 'skipped' | 'canceled', now: Date): TaskDocument {
  return {
    ...task,
    state: move(taskMoves, task.state, state),
    endedAt: now.toISOString(),
    updatedAt: now.toISOString(),
  }
}

function endingOf(tasks: readonly TaskDocument[]): JobEnding {
  const failed = tasks.filter((task) => task.state === 'failed')
  const error = (failed.find((task) => !task.optional) ?? failed[0])?.error
  if (failed.length === 0) return { state: 'succeeded' }
  const hasRendition = tasks.some(
    (task) => task.state === 'succeeded' && traitsOf(task.operation)?.rendition !== undefined,
  )
  return { state: hasRendition ? 'partial' : 'failed', ...(error ? { error } : {}) }
}
