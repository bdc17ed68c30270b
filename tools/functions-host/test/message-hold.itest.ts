import { QueueServiceClient } from '@azure/storage-queue'
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals'

import { MessageHold } from '../src/queue-listener/message-hold.ts'
import { systemClock } from '../src/time/clock.ts'
import { RunningAzurite } from './running-azurite.ts'
import { until } from './until.ts'

jest.setTimeout(30_000)

let azurite: RunningAzurite
beforeAll(async () => {
  azurite = await RunningAzurite.start()
})
afterAll(() => azurite[Symbol.asyncDispose]())

it('a message that is held stays hidden beyond its time, and its last receipt settles it', async () => {
  const queue = QueueServiceClient.fromConnectionString(azurite.connection).getQueueClient('held')
  await queue.create()
  await queue.sendMessage('held')
  const { receivedMessageItems } = await queue.receiveMessages({ visibilityTimeout: 2 })
  const item = receivedMessageItems[0]
  if (!item) throw new Error('The message is not there.')
  const receipts: string[] = []
  const hold = new MessageHold(queue, item, {
    clock: systemClock,
    hiddenSeconds: 2,
    onRenewed: (receipt) => receipts.push(receipt),
  })

  const seenByOthers: unknown[] = []
  await until(async () => {
    seenByOthers.push(...(await queue.receiveMessages()).receivedMessageItems)
    // Renewed at half of its time: the third comes when it would have been seen long since.
    return receipts.length === 3 ? true : undefined
  })
  const popReceipt = await hold.release()

  expect(seenByOthers).toEqual([])
  expect(popReceipt).toBe(receipts.at(-1))
  await queue.deleteMessage(item.messageId, popReceipt)
  expect((await queue.getProperties()).approximateMessagesCount).toBe(0)
})
