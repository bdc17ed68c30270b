import type { TaskDocument, TaskProgress } from '@zoetrope/contracts'
import { traitsOf } from '@zoetrope/contracts'

import { isTaskEnded } from './state-tables.ts'

/** Share of a job that the probe is worth while nothing else is planned. */
const probeOnlyPercent = 4

/** How far a job is: what its tasks are worth, what runs now, and how long the rest takes at this pace. Never falls back between plans. */
export function progressOf(
  tasks: readonly TaskDocument[],
  startedAt: string | undefined,
  now: Date,
): TaskProgress {
  const running =
    tasks.find((task) => task.state === 'running') ?? tasks.find((task) => task.state === 'dispatched')
  const phase = running?.name ?? phaseBetweenTasks(tasks)
  const total = tasks.reduce((sum, task) => sum + weightOf(task), 0)
  const done = tasks.reduce((sum, task) => sum + (weightOf(task) * percentOf(task)) / 100, 0)
  const share = total === 0 ? 0 : (100 * done) / total
  const percent = tasks.length <= 1 ? (share / 100) * probeOnlyPercent : Math.max(probeOnlyPercent, share)
  const elapsedSeconds = startedAt ? (now.getTime() - Date.parse(startedAt)) / 1000 : 0
  const hasPace = tasks.length > 1 && percent >= 5 && elapsedSeconds > 0
  return {
    phase,
    percent: Math.round(Math.min(percent, 99) * 10) / 10,
    ...(hasPace ? { etaSeconds: Math.round((elapsedSeconds * (100 - percent)) / percent) } : {}),
  }
}

/** After the probe alone the rest is being planned; after everything the results are being written. */
function phaseBetweenTasks(tasks: readonly TaskDocument[]): string {
  if (tasks.some((task) => !isTaskEnded(task.state))) return 'waiting'
  return tasks.length <= 1 ? 'planning' : 'finishing'
}

function weightOf(task: TaskDocument): number {
  return traitsOf(task.operation)?.weight ?? 5
}

function percentOf(task: TaskDocument): number {
  if (isTaskEnded(task.state)) return 100
  return task.state === 'running' ? (task.progress?.percent ?? 0) : 0
}
