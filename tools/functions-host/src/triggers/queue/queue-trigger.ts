import { join } from 'node:path'

import { resolveSettings } from '../../config/app-config.ts'
import { connectQueueReader, connectQueues } from '../../storage/connections.ts'
import type { Backlog, Listener, TriggerContext, TriggeredFunction, TriggerKind } from '../../trigger.ts'
import { MessagesInHand } from '../../queue-listener/messages-in-hand.ts'
import { backlogOf, waitingIn } from './queue-backlog.ts'
import { QueueListener } from '../../queue-listener/queue-listener.ts'
import { toTextMetadata, toTriggerData, toTriggerMetadata } from './queue-message.ts'
import { poisonQueueName, toQueueName } from '../../storage/queue-name.ts'
import type { QueueSettings } from '../../queue-listener/queue-settings.ts'
import { readQueueSettings } from '../../queue-listener/queue-settings.ts'

/** The Storage queue trigger. */
export const queueTrigger: TriggerKind = {
  types: ['queuetrigger'],
  mayOverlap: true,
  async listen(functions: readonly TriggeredFunction[], context: TriggerContext): Promise<Listener> {
    const settings = readQueueSettings(context.config.extensions['queues'])
    const wake = (source: string): void => {
      for (const { listener } of queues) if (listener.queueName === source) listener.wake()
    }
    const queues = await Promise.all(
      functions.map((target) => makeListener(target, { context, settings, onPoisoned: wake })),
    )
    return {
      async start() {
        for (const { listener } of queues) listener.start()
      },
      async drain() {
        await Promise.all(queues.map(({ listener }) => listener.drain()))
      },
      wake,
      async fromText({ trigger }, text) {
        const data = toTriggerData(Buffer.from(text), trigger['dataType'])
        return { data, triggerMetadata: toTextMetadata(text) }
      },
      busyWith: () => queues.flatMap(({ listener }) => listener.busyWith()),
      backlog: () => Promise.all(queues.map(({ backlog }) => backlog())),
      demands: () =>
        Promise.all(
          queues.map(async ({ listener, waiting }) => ({
            source: `queue "${listener.queueName}"`,
            count: Math.max(await waiting(), listener.running),
            perInstance: settings.batchSize,
          })),
        ),
    }
  },
}

async function makeListener(
  target: TriggeredFunction,
  options: {
    readonly context: TriggerContext
    readonly settings: QueueSettings
    readonly onPoisoned: (queueName: string) => void
  },
): Promise<{
  listener: QueueListener
  backlog: () => Promise<Backlog>
  waiting: () => Promise<number>
}> {
  const { context, settings, onPoisoned } = options
  const { config, log, stateDirectory } = context
  const { trigger, metadata } = target
  const where = `Function "${metadata.name}"`
  const queueName = toQueueName(resolveSettings(String(trigger['queueName']), config.settings, where), where)
  const connection = String(trigger['connection'] ?? 'Storage')
  const service = await connectQueues(config.settings, connection)
  const reader = await connectQueueReader(config.settings, connection)
  const poisonName = poisonQueueName(queueName)
  const poisonQueue = poisonName === undefined ? undefined : service.getQueueClient(poisonName)
  const queue = service.getQueueClient(queueName)
  const listener = new QueueListener({
    queue,
    pollingQueue: reader.getQueueClient(queueName),
    settings,
    log,
    clock: context.clock,
    chaos: context.chaos,
    handle: (item, body) => {
      const data = toTriggerData(body, trigger['dataType'])
      return context.invoke(target, {
        data,
        triggerMetadata: toTriggerMetadata(item, body, data),
        reason: `New queue message detected on '${queueName}'.`,
        triggerDetails: {
          MessageId: item.messageId,
          DequeueCount: item.dequeueCount,
          InsertionTime: item.insertedOn.toISOString().replace('Z', '+00:00'),
        },
      })
    },
    poisonQueueFor: () => poisonQueue,
    onPoisoned,
    width: () => context.width(),
    inHand: new MessagesInHand(join(stateDirectory, 'queue-messages', metadata.name), log),
  })
  const read = reader.getQueueClient(queueName)
  return {
    listener,
    backlog: backlogOf(metadata.name, read, poisonQueue),
    waiting: () => waitingIn(read),
  }
}
