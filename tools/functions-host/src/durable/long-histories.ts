import type { DurableHubOptions } from './durable-contract.ts'

/** Every episode replays the whole history: from here on an orchestration is told to begin anew. */
const longHistory = 10_000
const manyTasks = 8
const worthwhileMs = 20
const longestRestMs = 1_000

/** Says that a history has become long, and what helps; `lengths`: its events before and after an episode. */
export function tellOfLongHistory(
  log: DurableHubOptions['log'],
  { name, instanceId, lengths: [before, after] }: LongHistory,
): void {
  if (before >= longHistory || after < longHistory) return
  log(
    'warning',
    `Orchestration ${name}: the history of instance ${instanceId} has more than ${longHistory} events, and each step replays all of them. Begin a new one with continueAsNew now and then, or give parts of the work to sub-orchestrations.`,
  )
}

interface LongHistory {
  readonly name: string
  readonly instanceId: string
  readonly lengths: readonly [number, number]
}

/**
 * How long an instance rests after an episode, ms. Where many tasks are open, those that end meanwhile share one replay: as it rests no
 * longer than it has run, a large fan-out costs some replays, and not one for every few tasks.
 */
export function restMs({ openTasks, tookMs }: { openTasks: number; tookMs: number }): number {
  return openTasks < manyTasks || tookMs < worthwhileMs ? 0 : Math.min(tookMs, longestRestMs)
}
