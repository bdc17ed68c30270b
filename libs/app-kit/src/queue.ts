import type { FunctionInput, InvocationContext } from '@azure/functions'
import { toZoetropeError } from '@zoetrope/contracts'
import type { z } from 'zod'

import { logOutcome, traceIdOf } from './log.ts'
import { isPoisonQueue, recordDelivery } from './metric.ts'
import { validate } from './validate.ts'

/** One queue function: its queue, the shape of its messages, and what it does. Throwing gives the message back to the queue. */
export interface QueueDefinition<Deps, S extends z.ZodType> {
  readonly name: string
  readonly queueName: string
  readonly schema: S
  readonly extraInputs?: FunctionInput[]
  handle(message: z.output<S>, deps: Deps, context: InvocationContext): Promise<void>
}

/** The handler of a queue function: validates, handles, logs one line. A message of another shape fails until it is poison. */
export function makeQueueHandler<Deps, S extends z.ZodType>(
  definition: QueueDefinition<Deps, S>,
  depsOf: (context: InvocationContext) => Deps,
): (message: unknown, context: InvocationContext) => Promise<void> {
  return async (message, context) => {
    const startedAt = performance.now()
    const traceId = traceIdOf(context)
    const line = { traceId, dequeueCount: context.triggerMetadata?.['dequeueCount'] }
    recordDelivery(context, definition.queueName)
    try {
      const deps = depsOf(context)
      await definition.handle(validate(definition.schema, message, 'MESSAGE_INVALID'), deps, context)
      logOutcome(context, { ...line, outcome: 'ok', durationMs: Math.round(performance.now() - startedAt) })
    } catch (thrown) {
      const { code } = toZoetropeError(thrown)
      logOutcome(
        context,
        { ...line, outcome: 'failed', code, durationMs: Math.round(performance.now() - startedAt) },
        thrown,
      )
      // What nobody can read carries nothing that could be failed, and from a poison queue it would come back for ever.
      if (code === 'MESSAGE_INVALID' && isPoisonQueue(definition.queueName)) return
      throw thrown
    }
  }
}
