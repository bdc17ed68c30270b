import type { OrchestrationContext, Task } from 'durable-functions'

import type { AlarmInput } from '../durable-names.ts'
import { durableNames } from '../durable-names.ts'

/** Wakes an orchestration at a time: a durable timer, then the event. */
export function* alarm(context: OrchestrationContext): Generator<Task, unknown, unknown> {
  const input = context.df.getInput() as AlarmInput
  yield context.df.createTimer(new Date(input.dueAt))
  yield context.df.callActivity(durableNames.wake, { instanceId: input.instanceId })
  return {}
}
