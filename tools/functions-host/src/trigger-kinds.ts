import { blobTrigger } from './triggers/blob/blob-trigger.ts'
import { cosmosTrigger } from './triggers/cosmos-change-feed/cosmos-trigger.ts'
import { durableTrigger } from './triggers/durable/durable-trigger.ts'
import { eventGridTrigger } from './triggers/event-grid/event-grid-trigger.ts'
import { httpTrigger } from './triggers/http/http-trigger.ts'
import { mcpTrigger } from './triggers/mcp/mcp-trigger.ts'
import { queueTrigger } from './triggers/queue/queue-trigger.ts'
import { timerTrigger } from './triggers/timer/timer-trigger.ts'
import { warmupTrigger } from './triggers/warmup/warmup-trigger.ts'
import type { TriggerKind } from './trigger.ts'

/** Every kind of trigger that this host has, in the order in which they start: any function may ask for the durable client. */
export const triggerKinds: readonly TriggerKind[] = [
  durableTrigger,
  httpTrigger,
  queueTrigger,
  blobTrigger,
  timerTrigger,
  cosmosTrigger,
  eventGridTrigger,
  mcpTrigger,
  warmupTrigger,
]
