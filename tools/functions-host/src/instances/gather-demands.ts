import type { Demand, Listener } from '../trigger.ts'

/** Asks all listeners what there is to do. One that cannot tell just now asks for nothing: what runs is counted anyway. */
export async function gatherDemands(listeners: readonly Listener[]): Promise<Demand[]> {
  const gathered = await Promise.all(
    listeners.map(async (listener) => {
      try {
        return (await listener.demands?.()) ?? []
      } catch {
        return []
      }
    }),
  )
  return gathered.flat()
}
