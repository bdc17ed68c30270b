import type { TriggerKind } from './trigger.ts'
import type { FunctionMetadata } from './worker/protocol.ts'

/** A kind of trigger, loaded where an app uses it: each has modules that others do not need. */
export interface ListedKind {
  /** Binding types that it is for, lower case: those of its triggers, and of what other functions use of it. */
  readonly bindingTypes: readonly string[]
  readonly load: () => Promise<TriggerKind>
}

/** Every kind of trigger that this host has, in the order in which they start: any function may ask for the durable client. */
export const listedKinds: readonly ListedKind[] = [
  {
    bindingTypes: ['orchestrationtrigger', 'activitytrigger', 'entitytrigger', 'durableclient'],
    load: async () => (await import('./triggers/durable/durable-trigger.ts')).durableTrigger,
  },
  {
    bindingTypes: ['httptrigger'],
    load: async () => (await import('./triggers/http/http-trigger.ts')).httpTrigger,
  },
  {
    bindingTypes: ['queuetrigger'],
    load: async () => (await import('./triggers/queue/queue-trigger.ts')).queueTrigger,
  },
  {
    bindingTypes: ['blobtrigger'],
    load: async () => (await import('./triggers/blob/blob-trigger.ts')).blobTrigger,
  },
  {
    bindingTypes: ['timertrigger'],
    load: async () => (await import('./triggers/timer/timer-trigger.ts')).timerTrigger,
  },
  {
    bindingTypes: ['cosmosdbtrigger'],
    load: async () => (await import('./triggers/cosmos-change-feed/cosmos-trigger.ts')).cosmosTrigger,
  },
  {
    bindingTypes: ['eventgridtrigger'],
    load: async () => (await import('./triggers/event-grid/event-grid-trigger.ts')).eventGridTrigger,
  },
  {
    bindingTypes: ['mcptooltrigger', 'mcpresourcetrigger', 'mcpprompttrigger'],
    load: async () => (await import('./triggers/mcp/mcp-trigger.ts')).mcpTrigger,
  },
  {
    bindingTypes: ['warmuptrigger'],
    load: async () => (await import('./triggers/warmup/warmup-trigger.ts')).warmupTrigger,
  },
]

/** Loads the kinds of trigger that functions use, in the order in which they start. */
export async function loadTriggerKinds(
  functions: readonly FunctionMetadata[],
): Promise<readonly TriggerKind[]> {
  const used = new Set(functions.flatMap(({ bindings }) => bindings.map(({ type }) => type.toLowerCase())))
  const kinds = listedKinds.filter(({ bindingTypes }) => bindingTypes.some((type) => used.has(type)))
  return Promise.all(kinds.map(({ load }) => load()))
}
