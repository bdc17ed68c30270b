import { randomUUID } from 'node:crypto'

import { QueueServiceClient } from '@azure/storage-queue'
import type { QueueClient } from '@azure/storage-queue'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'

import { startQueueService } from '../../src/testing/queue-service/queue-service.ts'
import { RunningAzurite } from '../running-azurite.ts'

const services = {
  'the queue service in memory': async () => {
    const service = await startQueueService()
    return { connection: service.connectionString, [Symbol.asyncDispose]: () => service.close() }
  },
  Azurite: () => RunningAzurite.start(),
}

/** What an operation is refused with. */
async function refusal(operation: Promise<unknown>): Promise<{ status: unknown; code: unknown }> {
  const error = await operation.then(
    () => ({}),
    (thrown: unknown) => thrown as { statusCode?: number; code?: string },
  )
  return { status: 'statusCode' in error && error.statusCode, code: 'code' in error && error.code }
}

describe.each(Object.entries(services))('%s, to the SDK of Azure,', (_name, start) => {
  let running: AsyncDisposable & { readonly connection: string }
  let client: QueueServiceClient
  beforeAll(async () => {
    running = await start()
    client = QueueServiceClient.fromConnectionString(running.connection)
  })
  afterAll(async () => {
    await running[Symbol.asyncDispose]()
  })

  async function newQueue(): Promise<QueueClient> {
    const queue = client.getQueueClient(`q-${randomUUID()}`)
    await queue.create()
    return queue
  }

  it('makes a queue once, and again only with the same metadata', async () => {
    const queue = client.getQueueClient(`q-${randomUUID()}`)
    const metadata = { Owner: 'us', a_b: '1', ab: '2', a1: '3' }

    expect(await queue.exists()).toBe(false)
    expect((await queue.createIfNotExists({ metadata })).succeeded).toBe(true)
    expect((await queue.create({ metadata }))._response.status).toBe(204)
    expect(await refusal(queue.create({ metadata: { Owner: 'others' } }))).toEqual({
      status: 409,
      code: 'QueueAlreadyExists',
    })
    expect((await queue.createIfNotExists()).succeeded).toBe(false)
    expect(await queue.exists()).toBe(true)
    expect((await queue.delete())._response.status).toBe(204)
    expect((await queue.deleteIfExists()).succeeded).toBe(false)
  })

  it('says of each operation that there is no such queue', async () => {
    const queue = client.getQueueClient(`q-${randomUUID()}`)
    const operations = [
      queue.delete(),
      queue.getProperties(),
      queue.setMetadata({}),
      queue.sendMessage('x'),
      queue.receiveMessages(),
      queue.peekMessages(),
      queue.updateMessage('id', 'receipt', 'x'),
      queue.deleteMessage('id', 'receipt'),
      queue.clearMessages(),
    ]

    for (const operation of operations)
      expect(await refusal(operation)).toEqual({ status: 404, code: 'QueueNotFound' })
  })

  it.each([
    ['ab', 'OutOfRangeInput'],
    ['a'.repeat(64), 'OutOfRangeInput'],
    ['Large', 'InvalidResourceName'],
    ['two--dashes', 'InvalidResourceName'],
    ['end-', 'InvalidResourceName'],
  ])('refuses %s as the name of a queue', async (name, code) => {
    expect(await refusal(client.getQueueClient(name).create())).toEqual({ status: 400, code })
  })

  it('keeps metadata, and counts messages whether they are hidden or not', async () => {
    const queue = await newQueue()
    await queue.setMetadata({ owner: 'us' })
    await queue.sendMessage('visible')
    await queue.sendMessage('hidden', { visibilityTimeout: 60 })

    expect(await queue.getProperties()).toMatchObject({
      metadata: { owner: 'us' },
      approximateMessagesCount: 2,
    })
  })

  it('lists queues by name, a page at a time', async () => {
    const prefix = `list-${randomUUID().slice(0, 8)}`
    for (const suffix of ['a', 'b', 'c'])
      await client.createQueue(`${prefix}-${suffix}`, { metadata: { suffix } })

    const pages = []
    for await (const page of client.listQueues({ prefix, includeMetadata: true }).byPage({ maxPageSize: 2 }))
      pages.push(page.queueItems?.map(({ name, metadata }) => [name, metadata?.['suffix']]))
    expect(pages).toEqual([
      [
        [`${prefix}-a`, 'a'],
        [`${prefix}-b`, 'b'],
      ],
      [[`${prefix}-c`, 'c']],
    ])
  })

  it.each([
    ['empty', ''],
    ['white space', ' \t '],
    ['of markup', '<a href="x">&amp; \'&#10;\' ]]></a>'],
    ['of several lines', 'one\ntwo\n'],
    ['in all languages', 'Grüße, 世界 🎞️'],
    ['as large as can be, each byte of it escaped', '"'.repeat(65_536)],
  ])('keeps a text that is %s', async (_title, text) => {
    const queue = await newQueue()
    await queue.sendMessage(text)

    expect((await queue.peekMessages()).peekedMessageItems[0]?.messageText).toBe(text)
    expect((await queue.receiveMessages()).receivedMessageItems[0]?.messageText).toBe(text)
  })

  it('refuses a text that is larger', async () => {
    const queue = await newQueue()
    const tooLarge = { status: 413, code: 'RequestBodyTooLarge' }

    expect(await refusal(queue.sendMessage('x'.repeat(65_537)))).toEqual(tooLarge)
    expect(await refusal(queue.sendMessage('x'.repeat(500_000)))).toEqual(tooLarge)
  })

  it('gives messages out in the order in which they came, and hides them', async () => {
    const queue = await newQueue()
    for (const text of ['1', '2', '3', '4']) await queue.sendMessage(text)

    const { peekedMessageItems } = await queue.peekMessages({ numberOfMessages: 32 })
    const { receivedMessageItems: first } = await queue.receiveMessages({ numberOfMessages: 3 })
    const { receivedMessageItems: second } = await queue.receiveMessages({ numberOfMessages: 32 })
    expect(peekedMessageItems.map((item) => [item.messageText, item.dequeueCount])).toEqual(
      ['1', '2', '3', '4'].map((text) => [text, 0]),
    )
    expect(first.map((item) => [item.messageText, item.dequeueCount])).toEqual(
      ['1', '2', '3'].map((text) => [text, 1]),
    )
    expect(second.map((item) => item.messageText)).toEqual(['4'])
    expect((await queue.receiveMessages()).receivedMessageItems).toEqual([])
    expect((await queue.peekMessages()).peekedMessageItems).toEqual([])
  })

  it('says when a message was put, is visible and expires', async () => {
    const queue = await newQueue()
    const sent = await queue.sendMessage('x', { visibilityTimeout: 10, messageTimeToLive: 100 })
    const forever = await queue.sendMessage('x', { messageTimeToLive: -1 })
    const [received] = (await queue.receiveMessages({ visibilityTimeout: 50 })).receivedMessageItems

    const secondsAfter = (start: Date, end?: Date): number => (Number(end) - Number(start)) / 1000
    expect(secondsAfter(sent.insertedOn, sent.nextVisibleOn)).toBe(10)
    expect(secondsAfter(sent.insertedOn, sent.expiresOn)).toBe(100)
    expect(forever.expiresOn.getUTCFullYear()).toBe(9999)
    expect(received?.messageId).toBe(forever.messageId)
    expect(secondsAfter(sent.insertedOn, received?.nextVisibleOn)).toBeGreaterThanOrEqual(50)
  })

  it('gives a message back when it is made visible, with another text where one is given', async () => {
    const queue = await newQueue()
    await queue.sendMessage('first')
    const [one] = (await queue.receiveMessages()).receivedMessageItems
    await queue.updateMessage(one!.messageId, one!.popReceipt)
    const [two] = (await queue.receiveMessages()).receivedMessageItems
    const { popReceipt } = await queue.updateMessage(two!.messageId, two!.popReceipt, 'second', 60)
    expect((await queue.receiveMessages()).receivedMessageItems).toEqual([])
    await queue.updateMessage(two!.messageId, popReceipt!, undefined, 0)
    const [three] = (await queue.receiveMessages()).receivedMessageItems

    expect(two).toMatchObject({ messageText: 'first', dequeueCount: 2 })
    expect(three).toMatchObject({ messageText: 'second', dequeueCount: 3, messageId: one?.messageId })
  })

  it('lets only the latest receipt change and delete a message', async () => {
    const queue = await newQueue()
    const mismatch = { status: 400, code: 'PopReceiptMismatch' }
    const sent = await queue.sendMessage('x')
    const { messageId, popReceipt } = (await queue.receiveMessages()).receivedMessageItems[0]!
    const updated = await queue.updateMessage(messageId, popReceipt, 'y', 60)

    for (const receipt of [sent.popReceipt, popReceipt].filter((old) => old !== updated.popReceipt)) {
      expect(await refusal(queue.updateMessage(messageId, receipt))).toEqual(mismatch)
      expect(await refusal(queue.deleteMessage(messageId, receipt))).toEqual(mismatch)
    }
    await queue.deleteMessage(messageId, updated.popReceipt!)
    const gone = { status: 404, code: 'MessageNotFound' }
    expect(await refusal(queue.deleteMessage(messageId, updated.popReceipt!))).toEqual(gone)
    expect(await refusal(queue.updateMessage(messageId, updated.popReceipt!))).toEqual(gone)
  })

  it('deletes a message by the receipt of its sender', async () => {
    const queue = await newQueue()
    const { messageId, popReceipt } = await queue.sendMessage('x')
    await queue.deleteMessage(messageId, popReceipt)

    expect((await queue.getProperties()).approximateMessagesCount).toBe(0)
  })

  it('clears a queue of all messages', async () => {
    const queue = await newQueue()
    await queue.sendMessage('visible')
    await queue.sendMessage('hidden', { visibilityTimeout: 60 })
    await queue.clearMessages()

    expect((await queue.getProperties()).approximateMessagesCount).toBe(0)
    expect((await queue.receiveMessages()).receivedMessageItems).toEqual([])
  })

  it.each<[string, string, (queue: QueueClient) => Promise<unknown>]>([
    ['33 messages', 'OutOfRange', (queue) => queue.receiveMessages({ numberOfMessages: 33 })],
    ['a look at 33 messages', 'OutOfRange', (queue) => queue.peekMessages({ numberOfMessages: 33 })],
    ['to hide for no time', 'OutOfRange', (queue) => queue.receiveMessages({ visibilityTimeout: 0 })],
    ['to hide for long', 'OutOfRange', (queue) => queue.receiveMessages({ visibilityTimeout: 604_801 })],
    [
      'to send hidden for long',
      'OutOfRange',
      (queue) => queue.sendMessage('x', { visibilityTimeout: 604_801 }),
    ],
    ['to change hidden for long', 'OutOfRange', (queue) => queue.updateMessage('i', 'r', 'x', 604_801)],
    ['a life of nothing', 'Invalid', (queue) => queue.sendMessage('x', { messageTimeToLive: 0 })],
    [
      'to expire while hidden',
      'Invalid',
      (queue) => queue.sendMessage('x', { visibilityTimeout: 9, messageTimeToLive: 9 }),
    ],
  ])('refuses %s', async (_title, code, ask) => {
    expect(await refusal(ask(await newQueue()))).toEqual({ status: 400, code: `${code}QueryParameterValue` })
  })

  it('keeps the properties of the service', async () => {
    const cors = {
      allowedOrigins: 'http://example.com',
      allowedMethods: 'GET',
      allowedHeaders: '*',
      exposedHeaders: '*',
      maxAgeInSeconds: 10,
    }
    expect(await client.getProperties()).toMatchObject({ hourMetrics: { version: '1.0', enabled: false } })
    await client.setProperties({ cors: [cors] })

    expect(await client.getProperties()).toMatchObject({
      cors: [cors],
      minuteMetrics: { enabled: false, retentionPolicy: { enabled: false } },
    })
  })

  it('answers with the id that the client gave its request, and one of its own', async () => {
    const { requestId, clientRequestId, version, date } = await (await newQueue()).getProperties()

    expect(requestId).toMatch(/^[0-9a-f-]{36}$/)
    expect(clientRequestId).toMatch(/^[0-9a-f-]{36}$/)
    expect(version).toMatch(/^\d{4}-\d\d-\d\d$/)
    expect(date?.getTime()).not.toBeNaN()
  })

  it('lets nobody in with another key', async () => {
    const other = running.connection.replace(/AccountKey=[^;]+/, `AccountKey=${btoa('another')}`)
    const queue = QueueServiceClient.fromConnectionString(other).getQueueClient('orders')

    expect(await refusal(queue.create())).toEqual({ status: 403, code: 'AuthenticationFailed' })
  })
})
