import type { InstanceRange } from '../config/instance-settings.ts'
import type { Demand } from '../trigger.ts'

/** Since when fewer instances would do, and how many were needed at most since then. */
export interface Lull {
  readonly sinceMs: number
  readonly neededCount: number
}

/** What is known when the number of instances is decided. */
export interface ScaleState {
  readonly range: InstanceRange
  /** Instances that run or start now. */
  readonly count: number
  readonly demands: readonly Demand[]
  readonly nowMs: number
  /** How long fewer instances must have been enough before some end, ms. */
  readonly idleMs: number
  readonly lull: Lull | undefined
}

/** How many instances there are to be, and whose work asks for the most. */
export interface ScaleDecision {
  readonly count: number
  readonly lull: Lull | undefined
  readonly busiest: Demand | undefined
}

/**
 * Decides how many instances run, as Azure's target-based scaling does: every source asks for its work divided by what one instance
 * is meant to have, and the greatest number counts. More come at once; fewer only when fewer would have done for a while.
 */
export function decideInstances(state: ScaleState): ScaleDecision {
  const { range, count, demands, nowMs, idleMs } = state
  const [busiest] = demands.toSorted((one, other) => instancesFor(other) - instancesFor(one))
  const wanted = busiest ? instancesFor(busiest) : 0
  const needed = Math.min(Math.max(wanted, range.least), range.most)
  if (needed >= count) return { count: needed, lull: undefined, busiest }
  const lull = {
    sinceMs: state.lull?.sinceMs ?? nowMs,
    neededCount: Math.max(state.lull?.neededCount ?? 0, needed),
  }
  if (nowMs - lull.sinceMs < idleMs) return { count, lull, busiest }
  return { count: Math.min(lull.neededCount, count), lull: undefined, busiest }
}

function instancesFor({ count, perInstance }: Demand): number {
  return Math.ceil(count / Math.max(perInstance, 1))
}
