import type { AssetState, JobState, TaskState } from '@zoetrope/contracts'
import { err } from '@zoetrope/contracts'

/** From a state to the states that may follow it. A move to the same state is a no-op and always allowed. */
export type StateTable<S extends string> = Readonly<Record<S, readonly S[]>>

/** Moves of a job within a run, and into the next run (`-> queued`). A succeeded job stays. */
export const jobMoves: StateTable<JobState> = {
  queued: ['running', 'failed', 'canceled'],
  running: ['waiting', 'succeeded', 'partial', 'failed', 'canceled'],
  waiting: ['running', 'succeeded', 'partial', 'failed', 'canceled'],
  succeeded: [],
  partial: ['queued'],
  failed: ['queued'],
  canceled: ['queued'],
}

/** Moves of a task. `dispatched | running -> pending` is the next attempt. */
export const taskMoves: StateTable<TaskState> = {
  pending: ['dispatched', 'succeeded', 'failed', 'skipped', 'canceled'],
  dispatched: ['running', 'pending', 'succeeded', 'failed', 'skipped', 'canceled'],
  running: ['pending', 'succeeded', 'failed', 'skipped', 'canceled'],
  succeeded: [],
  failed: [],
  skipped: [],
  canceled: [],
}

/** Moves of an asset. Deletion wins over everything. */
export const assetMoves: StateTable<AssetState> = {
  pending: ['processing', 'ready', 'failed', 'deleting'],
  processing: ['ready', 'failed', 'deleting'],
  ready: ['processing', 'failed', 'deleting'],
  failed: ['processing', 'deleting'],
  deleting: ['deleted'],
  deleted: [],
}

/** Says whether a move is allowed. */
export function canMove<S extends string>(table: StateTable<S>, from: S, to: S): boolean {
  return from === to || table[from].includes(to)
}

/** The new state, when the move is allowed. @throws STATE_CONFLICT */
export function move<S extends string>(table: StateTable<S>, from: S, to: S): S {
  if (!canMove(table, from, to)) throw err('STATE_CONFLICT', { detail: `${from} cannot become ${to}.` })
  return to
}

/** Says that a job's run has ended. */
export function isJobEnded(state: JobState): boolean {
  return state === 'succeeded' || state === 'partial' || state === 'failed' || state === 'canceled'
}

/** Says that a task has ended. */
export function isTaskEnded(state: TaskState): boolean {
  return taskMoves[state].length === 0
}
