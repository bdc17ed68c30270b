import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { QueueServiceClient } from '@azure/storage-queue'

import type { Line } from './queue-app.ts'
import { QueueApp, toBase64 } from './queue-app.ts'
import { RunningAzurite } from './running-azurite.ts'
import type { RunningHost } from './running-host.ts'
import { until } from './until.ts'

jest.setTimeout(60_000)

let azurite: RunningAzurite
let service: QueueServiceClient
beforeAll(async () => {
  azurite = await RunningAzurite.start()
  service = QueueServiceClient.fromConnectionString(azurite.connection)
})
afterAll(() => azurite[Symbol.asyncDispose]())

describe('a queue function gets', () => {
  let app: QueueApp
  let host: RunningHost
  beforeAll(async () => {
    app = new QueueApp(azurite.connection)
    await app.poisonQueue.create()
    await app.poisonQueue.sendMessage(toBase64('often'))
    for (let taken = 0; taken < 6; taken += 1) {
      const { receivedMessageItems } = await app.poisonQueue.receiveMessages()
      for (const { messageId, popReceipt } of receivedMessageItems)
        await app.poisonQueue.updateMessage(messageId, popReceipt, undefined, 0)
    }
    await service.createQueue(`${app.name}-texts`)
    await service.createQueue(`${app.name}-bytes`)
    host = await app.start({ functions: ['texts', 'bytes', 'leftovers'] })
  })
  afterAll(async () => {
    await host[Symbol.asyncDispose]()
    app[Symbol.dispose]()
  })

  /** Sends a message as it stands and answers the line of the function that got it. */
  async function deliver(suffix: string, messageText: string): Promise<Line> {
    const queue = service.getQueueClient(`${app.name}-${suffix}`)
    const { messageId } = await queue.sendMessage(messageText)
    const line = await until(() =>
      app.lines().find(({ metadata }) => (metadata as { id?: string }).id === messageId),
    )
    await until(async () => ((await app.count(queue)) === 0 ? true : undefined))
    return line
  }

  it.each([
    ['text', 'hello', 'hello'],
    ['every script', 'grüße 漢字 🎬 \u0000 "quoted" <xml/> &amp;', undefined],
    ['nothing', '', ''],
    ['a number', '123', 123],
    ['a truth', 'true', true],
    ['an object', '{"a":{"b":[1,null]}}', { a: { b: [1, null] } }],
    ['JSON cut short', '{"a":', undefined],
    ['the largest message', 'x'.repeat(48 * 1024), undefined],
  ])('%s', async (_what, text, value: unknown) => {
    const { type, message } = await deliver('texts', toBase64(text))
    expect(message).toEqual(value ?? text)
    expect(type).toBe(typeof (value ?? text))
  })

  it('bytes where it asks for them, text or not', async () => {
    const { type, message, metadata } = await deliver(
      'bytes',
      Buffer.from([0xff, 0x00, 0x7f]).toString('base64'),
    )
    expect([type, message]).toEqual(['bytes', 'ff007f'])
    expect(metadata).not.toHaveProperty('queueTrigger')
    expect(await deliver('bytes', toBase64('abc'))).toMatchObject({
      message: '616263',
      metadata: { queueTrigger: 'abc' },
    })
  })

  it('the fields of the message and of its JSON as metadata', async () => {
    const { metadata } = await deliver('texts', toBase64({ name: 'a', size: 5, deep: { er: 1 } }))
    const time: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/)
    expect(metadata).toMatchObject({
      queueTrigger: { name: 'a', size: 5, deep: { er: 1 } },
      dequeueCount: 1,
      id: expect.any(String) as unknown,
      popReceipt: expect.any(String) as unknown,
      insertionTime: time,
      expirationTime: time,
      nextVisibleTime: time,
      name: 'a',
      size: 5,
      deep: { er: 1 },
    })
    const { insertionTime, expirationTime, nextVisibleTime } = metadata as Record<string, string>
    const secondsBetween = (from = '', to = ''): number => (Date.parse(to) - Date.parse(from)) / 1000
    expect(secondsBetween(insertionTime, expirationTime)).toBe(7 * 24 * 3600)
    // Hidden for ten minutes while it runs.
    expect(secondsBetween(insertionTime, nextVisibleTime)).toBeGreaterThanOrEqual(600)
  })

  it('messages of a poison queue however often they were taken; one that fails stays there, hidden', async () => {
    await app.poisonQueue.sendMessage(toBase64('fail'))
    await until(() => (app.values('message').includes('fail') ? true : undefined))
    const often = await until(() => app.lines().find(({ message }) => message === 'often'))
    expect(often['metadata']).toMatchObject({ dequeueCount: 7 })

    await until(async () => ((await app.count(app.poisonQueue)) === 1 ? true : undefined))
    expect((await app.poisonQueue.receiveMessages()).receivedMessageItems).toEqual([])
  })
})

describe('a message that the function cannot be given', () => {
  it.each([
    ['no base64', '{"plain":"json"}', /is not base64\. Moving message to queue '.+'\. Send base64, or set/],
    ['base64 of no UTF-8', Buffer.from([0xff, 0xfe]).toString('base64'), /is not UTF-8 text\. Send text, or/],
  ])('for it is %s goes to the poison queue as it is, with a word why', async (_what, text, why) => {
    using app = new QueueApp(azurite.connection)
    await app.queue.create()
    await app.queue.sendMessage(text)
    await app.send({ id: 'sound' })
    await using host = await app.start()

    await until(async () => ((await app.count()) === 0 ? true : undefined))
    expect(await app.poison()).toEqual([text])
    expect(host.log).toMatch(why)
    expect(app.values('begun')).toEqual(['sound'])
  })
})

describe('messageEncoding none', () => {
  it('gives messages as they are', async () => {
    using app = new QueueApp(azurite.connection, {
      AzureFunctionsJobHost__extensions__queues__messageEncoding: 'none',
    })
    await app.queue.create()
    await app.queue.sendMessage('{"id":"plain"}')
    await using _ = await app.start()
    await until(() => (app.values('done').includes('plain') ? true : undefined))
  })
})

describe('batches', () => {
  it('are as large as they may be, and the next is taken when no more than the threshold run', async () => {
    using app = new QueueApp(azurite.connection, {
      AzureFunctionsJobHost__extensions__queues__batchSize: '32',
      AzureFunctionsJobHost__extensions__queues__newBatchThreshold: '2',
      AzureFunctionsJobHost__functionTimeout: '-1',
    })
    await app.queue.create()
    for (let n = 0; n < 70; n += 1) await app.send({ id: `order-${n}`, delayMs: 60 })
    await using _ = await app.start()
    await until(async () => ((await app.count()) === 0 ? true : undefined))

    let running = 0
    const peaks = app.lines().map((line) => (running += 'begun' in line ? 1 : -1))
    const mostAtOnce = Math.max(...peaks)
    expect(mostAtOnce).toBeGreaterThanOrEqual(32)
    expect(mostAtOnce).toBeLessThanOrEqual(34)
  })
})

describe('a failed message', () => {
  it('stays hidden for the visibilityTimeout', async () => {
    using app = new QueueApp(azurite.connection, {
      AzureFunctionsJobHost__extensions__queues__maxDequeueCount: '2',
      AzureFunctionsJobHost__extensions__queues__visibilityTimeout: '00:00:02',
    })
    await app.queue.create()
    await app.send({ id: 'late', behaviour: 'fail' })
    await using _ = await app.start()
    await until(() => (app.values('begun').length === 1 ? true : undefined))
    await until(async () => {
      const answer = await app.queue.peekMessages()
      return answer.peekedMessageItems.length === 0 ? true : undefined
    })

    await until(async () => ((await app.count(app.poisonQueue)) === 1 ? true : undefined))
    expect(app.values('dequeueCount')).toEqual([1, 2])
  })
})

describe('several hosts on one queue', () => {
  it('share its messages, and one that ends takes none with it', async () => {
    using app = new QueueApp(azurite.connection, {
      AzureFunctionsJobHost__extensions__queues__batchSize: '4',
      AzureFunctionsJobHost__extensions__queues__newBatchThreshold: '0',
    })
    await app.queue.create()
    const ids = Array.from({ length: 60 }, (_order, n) => `order-${n}`)
    await using one = await app.start()
    await using _other = await app.start()
    await Promise.all(ids.map((id) => app.send({ id, delayMs: 100 })))
    await until(() => (new Set(app.values('pid')).size === 2 ? true : undefined))

    expect(await one.end('SIGTERM')).toBe(0)
    await until(async () => ((await app.count()) === 0 ? true : undefined))
    expect(app.values('done').map(String).toSorted()).toEqual(ids.toSorted())
    expect(new Set(app.values('dequeueCount'))).toEqual(new Set([1]))
  })
})

describe('a host that ends', () => {
  it('gives back at once what does not end within its drain time', async () => {
    using app = new QueueApp(azurite.connection, { AzureFunctionsJobHost__functionTimeout: '-1' })
    await app.queue.create()
    await app.send({ id: 'endless', behaviour: 'never' })
    await using host = await app.startHere({ drainMs: 200 })
    await until(() => (app.values('begun').length === 1 ? true : undefined))

    await host.close()
    const { receivedMessageItems } = await app.queue.receiveMessages()
    expect(receivedMessageItems.map(({ dequeueCount }) => dequeueCount)).toEqual([2])
  })
})

describe('a storage that is down', () => {
  it('at the start, and later for a while, is tried until it is there, with one line each time', async () => {
    const port = await freePort()
    const connection = azurite.connection.replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${port}`)
    using app = new QueueApp(connection)
    await using host = await app.start()
    const lines = (): string[] => host.log.match(/cannot be read, and is tried until it can.*/g) ?? []
    await until(() => (lines().length > 0 ? true : undefined))

    for (const id of ['first', 'second']) {
      await using _storage = await RunningAzurite.start({ port })
      await app.queue.createIfNotExists()
      await app.send({ id })
      await until(() => (app.values('done').includes(id) ? true : undefined))
      await until(async () => ((await app.count()) === 0 ? true : undefined))
    }
    await until(() => (lines().length === 3 ? true : undefined))
    expect(host.log.match(/can be read again/g)).toHaveLength(2)
  })
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
