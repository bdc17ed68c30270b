import { resolveSettings } from '../../app-config.ts'
import { connectQueues } from '../../connections.ts'
import type { Listener, TriggerContext, TriggeredFunction, TriggerKind } from '../../trigger.ts'
import { QueueListener } from './queue-listener.ts'
import { toTriggerMetadata } from './queue-message.ts'
import { readQueueSettings } from './queue-settings.ts'

/** The Storage queue trigger. */
export const queueTrigger: TriggerKind = {
  types: ['queuetrigger'],
  async listen(functions: readonly TriggeredFunction[], context: TriggerContext): Promise<Listener> {
    const { config } = context
    const settings = readQueueSettings(config.extensions['queues'])
    const listeners = await Promise.all(
      functions.map(async (target) => {
        const { trigger, metadata } = target
        const queueName = resolveSettings(
          String(trigger['queueName']),
          config.settings,
          `Function "${metadata.name}"`,
        )
        const service = await connectQueues(config.settings, String(trigger['connection'] ?? 'Storage'))
        return new QueueListener({
          queue: service.getQueueClient(queueName),
          settings,
          log: context.log,
          handle: (item, text) =>
            context.invoke(target, {
              data: { string: text },
              triggerMetadata: toTriggerMetadata(item, text),
              reason: `New queue message detected on '${queueName}'.`,
            }),
          poisonQueueFor: () =>
            queueName.endsWith('-poison') ? undefined : service.getQueueClient(`${queueName}-poison`),
        })
      }),
    )
    return {
      async start() {
        for (const listener of listeners) listener.start()
      },
      async drain() {
        await Promise.all(listeners.map((listener) => listener.drain()))
      },
      wake(source) {
        for (const listener of listeners) if (listener.queueName === source) listener.wake()
      },
    }
  },
}
