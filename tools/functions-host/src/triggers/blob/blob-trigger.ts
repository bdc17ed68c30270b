import { calm } from '../../chaos/chaos.ts'
import { join } from 'node:path'

import { connectBlobs, connectQueueReader, connectQueues } from '../../storage/connections.ts'
import type { Listener, TriggerContext, TriggeredFunction, TriggerKind } from '../../trigger.ts'
import { MessagesInHand } from '../../queue-listener/messages-in-hand.ts'
import { QueueListener } from '../../queue-listener/queue-listener.ts'
import type { BlobFunction } from './blob-function.ts'
import { functionIdOf } from './blob-message.ts'
import { BlobQueue } from './blob-queue.ts'
import { BlobReceipts } from './blob-receipt.ts'
import { BlobRunner } from './blob-runner.ts'
import { readBlobQueueSettings, readBlobTrigger } from './blob-settings.ts'
import { answerBlobEvents } from './blob-webhook.ts'
import { ContainerScanner } from './container-scanner.ts'
import { findPoisonQueues } from './poison-queues.ts'
import { ScanCursor } from './scan-cursor.ts'

/** The account of the host's own queue, receipts and cursors. */
const hostConnection = 'AzureWebJobsStorage'
/** Blobs listed in one poll, over all containers. */
const blobsPerPoll = 10_000

/** The Blob storage trigger, with both of its sources; what either finds goes through one internal queue of the host. */
export const blobTrigger: TriggerKind = {
  types: ['blobtrigger'],
  webhook: 'blobs',
  expressionNames: (target, { settings }) => [
    'BlobTrigger',
    'Uri',
    'Properties',
    'Metadata',
    ...readBlobTrigger(target, settings).pattern.parameterNames,
  ],
  async listen(targets: readonly TriggeredFunction[], context: TriggerContext): Promise<Listener> {
    const { config, log, clock } = context
    const { hostId } = config
    const functions = await Promise.all(targets.map((target) => toBlobFunction(target, context)))
    const hosts = (await connectBlobs(config.settings, hostConnection)).getContainerClient(
      'azure-webjobs-hosts',
    )
    const queueService = await connectQueues(config.settings, hostConnection)
    const queueName = `azure-webjobs-blobtrigger-${hostId}`
    const hostQueue = queueService.getQueueClient(queueName)
    const pollingQueue = (await connectQueueReader(config.settings, hostConnection)).getQueueClient(queueName)
    const receipts = new BlobReceipts(hosts, hostId)
    const queue = new BlobQueue(hostQueue)

    const groups = Map.groupBy(
      functions.filter(({ settings }) => settings.source === 'LogsAndContainerScan'),
      ({ settings }) => `${settings.connection}/${settings.pattern.container}`,
    )
    const scanners = [...groups.values()].flatMap((group) => {
      const [first] = group
      if (!first) return []
      const container = first.blobs.getContainerClient(first.settings.pattern.container)
      const place = { hostId, account: container.accountName, container: container.containerName }
      const scanner = new ContainerScanner({
        container,
        functions: group,
        receipts,
        queue,
        cursor: new ScanCursor(hosts, place),
        blobsPerPoll: Math.ceil(blobsPerPoll / groups.size),
        onEnqueued: () => listener.wake(),
        log,
        clock,
      })
      return [{ group, scanner }]
    })
    const runner = new BlobRunner({
      functions,
      receipts,
      context,
      lookAgain: (target, blobName) =>
        scanners.find(({ group }) => group.includes(target))?.scanner.look(blobName),
    })
    const listener = new QueueListener({
      queue: hostQueue,
      pollingQueue,
      settings: readBlobQueueSettings(config.extensions['blobs']),
      log,
      clock,
      // A version of a blob is handled once, whatever becomes of its messages.
      chaos: calm,
      handle: (item, body) => runner.handle(item, body.toString('utf8')),
      poisonQueueFor: await findPoisonQueues(functions, config.settings, queueService),
      inHand: new MessagesInHand(join(context.stateDirectory, 'queue-messages', queueName), log),
    })
    return {
      async start() {
        // Storage that is not there yet is waited for; whoever sends the first message then makes the queue.
        await pollingQueue.createIfNotExists().catch(() => {})
        listener.start()
        for (const { scanner } of scanners) scanner.start()
      },
      async drain() {
        await Promise.all(scanners.map(({ scanner }) => scanner.drain()))
        await listener.drain()
      },
      wake(source, item) {
        if (source === queueName) listener.wake()
        for (const { scanner } of scanners) {
          if (scanner.containerName !== source) continue
          if (item === undefined) scanner.wake()
          else scanner.look(item)
        }
      },
      busyWith: () => [...listener.busyWith(), ...scanners.flatMap(({ scanner }) => scanner.busyWith())],
      fromText: (target, text) => runner.fromText(target, text),
      handleWebhook: (request, response) =>
        answerBlobEvents(
          { request, response },
          {
            functions,
            log,
            async enqueue(messages) {
              await Promise.all(messages.map((message) => queue.send(message)))
              listener.wake()
            },
          },
        ),
    }
  },
}

async function toBlobFunction(target: TriggeredFunction, { config }: TriggerContext): Promise<BlobFunction> {
  const settings = readBlobTrigger(target, config.settings)
  const blobs = await connectBlobs(config.settings, settings.connection)
  return { id: functionIdOf(target.metadata.name), target, settings, blobs }
}
