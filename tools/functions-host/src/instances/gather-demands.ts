import type { Demand, Listener, TriggeredFunction, TriggerKind } from '../trigger.ts'

/** What an app has to do, and who can tell. */
export interface DemandSources {
  readonly kinds: readonly { readonly kind: TriggerKind; readonly listener: Listener }[]
  readonly functions: readonly TriggeredFunction[]
  /** How many invocations run, or wait for a worker, of functions that this holds for. */
  readonly countRuns: (isCounted: (functionId: string) => boolean) => number
  /** How many runs of a function whose listener cannot tell one instance is meant to have. */
  readonly runsPerInstance: number
}

/** Asks all listeners what there is to do. One that cannot tell just now asks for nothing: what runs is counted anyway. */
export async function gatherDemands({
  kinds,
  functions,
  countRuns,
  runsPerInstance,
}: DemandSources): Promise<Demand[]> {
  const gathered = await Promise.all(
    kinds.map(async ({ listener }) => {
      try {
        return (await listener.demands?.()) ?? []
      } catch {
        return []
      }
    }),
  )
  const silent = new Set(kinds.flatMap(({ kind, listener }) => (listener.demands ? [] : kind.types)))
  const ids = new Set(
    functions
      .filter(({ trigger }) => silent.has(trigger.type.toLowerCase()))
      .map(({ metadata }) => metadata.id),
  )
  const others = {
    source: 'functions that run',
    count: countRuns((id) => ids.has(id)),
    perInstance: runsPerInstance,
  }
  return [...gathered.flat(), others]
}
