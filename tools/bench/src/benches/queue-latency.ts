import type { QueueClient } from '@azure/storage-queue'
import { QueueServiceClient } from '@azure/storage-queue'

import type { Bench } from '../bench.ts'
import type { LocalStorage } from '../local-storage.ts'
import type { Contender } from '../paired.ts'
import { measurePaired, median, toFigure } from '../paired.ts'
import { nowMs, startOf } from '../start-notes.ts'
import { WokenHost } from '../woken-host.ts'

const rounds = 7
const messagesPerSample = 15
const names = { ours: 'host, woken', peer: 'bare receive loop' }

/** A queue message sent -> its handler started, and what it took to find it, beside a loop that does nothing but receive. */
export const queueLatencyBench: Bench = {
  name: 'queue-latency',
  async run() {
    const queueOf = (connection: string, name: string): QueueClient =>
      QueueServiceClient.fromConnectionString(connection).getQueueClient(name)
    await using host = await WokenHost.start(async (connection) => {
      await queueOf(connection, 'ours').create()
      await queueOf(connection, 'peer').create()
    })
    const { storage, notesFile } = host
    const ours = countPolls(hostContender(queueOf(storage.connection, 'ours'), notesFile), 'ours', storage)
    const peer = countPolls(loopContender(queueOf(storage.connection, 'peer')), 'peer', storage)
    const latencies = await measurePaired([ours.contender, peer.contender], { rounds })
    // Without those of the warm-up.
    const polls = new Map([
      [names.ours, ours.polls.slice(-rounds)],
      [names.peer, peer.polls.slice(-rounds)],
    ])
    return [
      toFigure(latencies, names, {
        measure: 'queue message sent -> handler started',
        unit: 'ms',
        target: { of: 'ours', atMost: 20 },
      }),
      toFigure(polls, names, {
        measure: 'requests for queue messages, per message',
        unit: 'round trips',
        target: { of: 'ours', atMost: 1 },
      }),
    ]
  },
}

/** The same contender, and how often it asked its queue for messages, per message of each sample. */
function countPolls(
  contender: Contender,
  queueName: string,
  storage: LocalStorage,
): { contender: Contender; polls: number[] } {
  const poll = new RegExp(`^GET /devstoreaccount1/${queueName}/messages`)
  const polls: number[] = []
  const sample = async (): Promise<number> => {
    const before = storage.countRequests(poll)
    const value = await contender.sample()
    polls.push((storage.countRequests(poll) - before) / messagesPerSample)
    return value
  }
  return { contender: { name: contender.name, sample }, polls }
}

/** Each sample: the middle latency of some messages, one after the other, ms from the call of the sender. */
function hostContender(queue: QueueClient, notesFile: string): Contender {
  return {
    name: names.ours,
    sample: () =>
      medianOfMessages(async (id) => {
        const sentMs = nowMs()
        await queue.sendMessage(Buffer.from(id).toString('base64'))
        const startMs = await startOf(id, notesFile)
        await untilEmpty(queue)
        return startMs - sentMs
      }),
  }
}

/** The same of a loop that asks for messages without a pause. */
function loopContender(queue: QueueClient): Contender {
  return {
    name: names.peer,
    sample: () =>
      medianOfMessages(async (id) => {
        const received = receive(queue)
        const sentMs = nowMs()
        await queue.sendMessage(id)
        return (await received) - sentMs
      }),
  }
}

async function receive(queue: QueueClient): Promise<number> {
  for (;;) {
    const { receivedMessageItems } = await queue.receiveMessages()
    const startMs = nowMs()
    for (const { messageId, popReceipt } of receivedMessageItems)
      await queue.deleteMessage(messageId, popReceipt)
    if (receivedMessageItems.length > 0) return startMs
  }
}

async function medianOfMessages(measure: (id: string) => Promise<number>): Promise<number> {
  const latencies: number[] = []
  for (let n = 0; n < messagesPerSample; n += 1) latencies.push(await measure(crypto.randomUUID()))
  return median(latencies)
}

async function untilEmpty(queue: QueueClient): Promise<void> {
  while ((await queue.getProperties()).approximateMessagesCount !== 0);
}
