import { TableClient } from '@azure/data-tables'
import { BlobServiceClient } from '@azure/storage-blob'
import { QueueClient, QueueServiceClient, StorageSharedKeyCredential } from '@azure/storage-queue'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'

import type { QueueService } from '../../src/testing/queue-service/queue-service.ts'
import { startQueueService } from '../../src/testing/queue-service/queue-service.ts'
import { SetClock } from './set-clock.ts'

let clock: SetClock
let service: QueueService
let queue: QueueClient
beforeEach(async () => {
  clock = new SetClock()
  service = await startQueueService({ clock })
  queue = QueueServiceClient.fromConnectionString(service.connectionString).getQueueClient('orders')
  await queue.create()
})
afterEach(() => service.close())

/** Texts of the messages that can be had, which are then hidden for so long. */
async function receive(visibilityTimeout = 30): Promise<string[]> {
  const { receivedMessageItems } = await queue.receiveMessages({ numberOfMessages: 32, visibilityTimeout })
  return receivedMessageItems.map((item) => item.messageText)
}

describe('time is that of the clock', () => {
  it('when a delayed message turns visible', async () => {
    await queue.sendMessage('in a week', { visibilityTimeout: 604_799 })
    clock.forward(604_798)
    expect(await receive()).toEqual([])
    clock.forward(1)

    expect(await receive()).toEqual(['in a week'])
  })

  it('when one that was given out comes again, behind what turned visible before it', async () => {
    await queue.sendMessage('first')
    await queue.sendMessage('second', { visibilityTimeout: 10 })
    expect(await receive(30)).toEqual(['first'])
    clock.forward(29)
    expect(await receive(1)).toEqual(['second'])
    clock.forward(1)

    expect(await receive()).toEqual(['first', 'second'])
  })

  it('when a message expires, visible or hidden', async () => {
    await queue.sendMessage('a week')
    await queue.sendMessage('a minute', { messageTimeToLive: 60 })
    await queue.sendMessage('for ever', { messageTimeToLive: -1 })
    expect(await receive(120)).toHaveLength(3)
    clock.forward(60)
    expect((await queue.getProperties()).approximateMessagesCount).toBe(2)
    clock.forward(60)
    expect(await receive()).toEqual(['a week', 'for ever'])
    clock.forward(3_000_000)

    expect(await receive()).toEqual(['for ever'])
  })

  it('in all dates of its answers', async () => {
    const now = new Date(clock.now())
    const sent = await queue.sendMessage('x')

    expect(sent).toMatchObject({ insertedOn: now, nextVisibleOn: now, date: now })
    expect(sent.expiresOn.getTime()).toBe(clock.now() + 604_800_000)
  })
})

describe('from within the process', () => {
  it('its queues and messages can be looked at, which changes nothing', async () => {
    await queue.sendMessage('one')
    await queue.sendMessage('two', { visibilityTimeout: 60 })
    await receive(40)

    expect(service.queueNames()).toEqual(['orders'])
    expect(service.messages('orders')).toMatchObject([
      { text: 'one', dequeueCount: 1, insertedMs: clock.now(), nextVisibleMs: clock.now() + 40_000 },
      { text: 'two', dequeueCount: 0, nextVisibleMs: clock.now() + 60_000 },
    ])
    expect(service.visibleCount()).toBe(0)
    expect(service.nextVisibleMs()).toBe(clock.now() + 40_000)
    clock.forward(50)
    expect(service.visibleCount('orders')).toBe(1)
    expect(service.messages('none')).toEqual([])
  })

  it('it tells when there is something to read: put, given back, or turned visible with time', async () => {
    const told: string[] = []
    service.onVisible((name) => told.push(`${name} ${service.visibleCount(name)}`))
    const { messageId, popReceipt } = await queue.sendMessage('later', { visibilityTimeout: 60 })
    expect(told).toEqual([])
    const updated = await queue.updateMessage(messageId, popReceipt, undefined, 100)
    clock.forward(99)
    await Promise.resolve()
    expect(told).toEqual([])
    clock.forward(1)
    await queue.peekMessages()
    expect(told).toEqual(['orders 1'])
    await queue.updateMessage(messageId, updated.popReceipt!, undefined, 0)
    await queue.sendMessage('now')

    expect(told).toEqual(['orders 1', 'orders 1', 'orders 2'])
  })

  it('it tells of every change until that is ended', async () => {
    const told: string[] = []
    const end = service.onChange((name) => told.push(name))
    await queue.sendMessage('x')
    await queue.receiveMessages()
    await queue.clearMessages()
    await queue.delete()
    expect(told).toEqual(['orders', 'orders', 'orders', 'orders'])
    end()
    await queue.create()

    expect(told).toHaveLength(4)
  })

  it('it waits for no time when nothing is hidden, and when it is closed', async () => {
    await queue.sendMessage('x')
    expect(clock.waitCount).toBe(0)
    await receive()
    expect(clock.waitCount).toBe(1)
    await queue.clearMessages()
    expect(clock.waitCount).toBe(0)
    await queue.sendMessage('x', { visibilityTimeout: 60 })
    await service.close()

    expect(clock.waitCount).toBe(0)
  })
})

it('two services know nothing of each other, not even their keys', async () => {
  await using other = await startQueueService({ clock })
  const key = /AccountKey=([^;]+)/.exec(other.connectionString)?.[1] ?? ''
  const stranger = service.connectionString.replace(/AccountKey=[^;]+/, `AccountKey=${key}`)

  expect(other.queueNames()).toEqual([])
  await expect(
    QueueServiceClient.fromConnectionString(stranger).getQueueClient('orders').receiveMessages(),
  ).rejects.toMatchObject({ statusCode: 403 })
})

describe('what is not there says so, and what to do', () => {
  const bring = /connection string of Azurite/

  it('blobs', async () => {
    const blobs = BlobServiceClient.fromConnectionString(service.connectionString)

    const error = await blobs.createContainer('photos').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ statusCode: 501, message: expect.stringMatching(bring) })
  })

  it('tables', async () => {
    const table = TableClient.fromConnectionString(service.connectionString, 'people', {
      allowInsecureConnection: true,
    })

    const error = await table.getEntity('a', 'b').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ statusCode: 501, message: expect.stringMatching(bring) })
  })

  it('access policies', async () => {
    await expect(queue.getAccessPolicy()).rejects.toMatchObject({
      statusCode: 501,
      details: { message: expect.stringMatching(/no "GET queue acl"[^]*Azurite/) },
    })
  })

  it('shared access signatures', async () => {
    const answer = await fetch(`${queue.url}/messages?sv=2026-04-06&sig=abc`)

    expect(answer.status).toBe(501)
    expect(await answer.text()).toContain('no shared access signatures')
  })
})

describe('what is no request of the protocol', () => {
  it('is refused when nobody has signed it', async () => {
    expect((await fetch(`${queue.url}/messages`)).status).toBe(403)
    expect((await fetch(queue.url, { headers: { authorization: 'SharedKey x:y' } })).status).toBe(403)
  })

  it('is refused when its address has a broken escape', async () => {
    const key = /AccountKey=([^;]+)/.exec(service.connectionString)?.[1] ?? ''
    const signer = new StorageSharedKeyCredential(queue.accountName, key)
    const broken = new QueueClient(`${queue.url}%zz`, signer)

    await expect(broken.getProperties()).rejects.toMatchObject({ statusCode: 400, code: 'InvalidUri' })
  })
})
