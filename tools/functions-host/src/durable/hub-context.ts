import type { Chaos } from '../chaos/chaos.ts'
import type { Differences } from './differences.ts'
import type { DurableHubOptions } from './durable-contract.ts'
import type { HubTime } from './hub-time.ts'
import type { Journal } from './journal.ts'
import type { HubSettings } from './settings.ts'
import type { Store } from './store.ts'

/** What the parts of one hub share. */
export interface HubContext {
  options: DurableHubOptions
  settings: HubSettings
  store: Store
  journal: Journal
  time: HubTime
  chaos: Chaos
  names: FunctionNames
  /** Where Azure would do worse. */
  differences: Differences
  /** What to say of an error: that of a file names it, and what helps. */
  why(error: unknown): string
}

/** The limit of one instance of the app, for all that there are. */
export function limitOf({ options }: HubContext, perInstance: number): () => number {
  return () => perInstance * (options.width?.() ?? 1)
}

/** The kinds of durable functions, as the recorded texts name them. */
export type FunctionKind = 'orchestrator' | 'activity' | 'entity'

/** Finds durable functions by name; as in Azure, case does not matter. */
export class FunctionNames {
  readonly #names: Record<FunctionKind, Map<string, string>>

  constructor(functions: DurableHubOptions['functions']) {
    const byLowerCase = (names: string[]): Map<string, string> =>
      new Map(names.map((name) => [name.toLowerCase(), name]))
    this.#names = {
      orchestrator: byLowerCase(functions.orchestrations),
      activity: byLowerCase(functions.activities),
      entity: byLowerCase(functions.entities),
    }
  }

  find(kind: FunctionKind, name: string): string | undefined {
    return this.#names[kind].get(name.toLowerCase())
  }

  /** Why a function cannot be called, in the recorded words; undefined if it can. */
  refusal(kind: FunctionKind, name: string): string | undefined {
    if (this.find(kind, name) !== undefined) return undefined
    const known = [...this.#names[kind].values()].map((each) => `'${each}'`).join(', ')
    return `The function '${name}' doesn't exist, is disabled, or is not an ${kind} function. Additional info: The following are the known ${kind} functions: ${known}.`
  }
}
