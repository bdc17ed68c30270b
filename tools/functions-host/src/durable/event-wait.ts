/** A wait for an external event, as the replay of an orchestration finds it; no history has it. Ms since 1970. */
export interface EventWait {
  readonly name: string
  readonly fromMs: number
  /** Absent while it waits. */
  readonly toMs?: number
}

/** What an episode has changed: which of an execution's waits -> how it is since. */
export type WaitChanges = Readonly<Record<number, EventWait>>

/** The waits that began or ended in the episode of a time; undefined where none did. */
export function changedWaits(waits: readonly EventWait[], atMs: number): WaitChanges | undefined {
  const changed = [...waits.entries()].filter(([, { fromMs, toMs }]) => fromMs === atMs || toMs === atMs)
  return changed.length === 0 ? undefined : Object.fromEntries(changed)
}

/** How an execution's waits are since its last episode. */
export function mergeWaits(episodes: readonly WaitChanges[]): WaitChanges {
  return Object.assign({}, ...episodes) as WaitChanges
}
