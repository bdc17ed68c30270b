import { createServer } from 'node:http'
import type { IncomingHttpHeaders, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { TableClient } from '@azure/data-tables'
import { BlobServiceClient } from '@azure/storage-blob'
import { QueueServiceClient } from '@azure/storage-queue'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import type { CosmosEmulator } from '@zoetrope/cosmos-emulator/source'
import { startCosmosEmulator } from '@zoetrope/cosmos-emulator/source'

import { RequestCounter } from './request-counter.ts'
import { RunningAzurite } from './running-azurite.ts'
import { RunningHost } from './running-host.ts'
import { until } from './until.ts'

jest.setTimeout(60_000)

interface Published {
  url: string | undefined
  headers: IncomingHttpHeaders
  events: unknown
}

let azurite: RunningAzurite
let emulator: CosmosEmulator
let topic: Server
let host: RunningHost
let url = ''
let settings: Record<string, string> = {}
let blobs: BlobServiceClient
let queues: QueueServiceClient
let things: TableClient
const published: Published[] = []
const counters: RequestCounter[] = []
/** Requests of the host to Azurite. */
const requests: string[] = []

beforeAll(async () => {
  topic = createServer((request, response) => {
    void json(request).then((events) => {
      published.push({ url: request.url, headers: request.headers, events })
      const text = JSON.stringify(events)
      const isBusy = text.includes('busy') && !JSON.stringify(published.slice(0, -1)).includes('busy')
      if (isBusy) response.writeHead(503).end()
      else if (text.includes('refused')) response.writeHead(400).end('no such schema')
      else response.writeHead(200).end()
    })
  }).listen(0, '127.0.0.1')
  const started = await Promise.all([RunningAzurite.start('Blob', 'Queue', 'Table'), startCosmosEmulator()])
  azurite = started[0]
  emulator = started[1]
  const [account] = emulator.accounts
  let storage = azurite.connection
  for (const [endpoint] of azurite.connection.matchAll(/http:[^;]+?:\d+/g)) {
    const counter = await RequestCounter.start(endpoint, requests)
    storage = storage.replace(endpoint, counter.origin)
    counters.push(counter)
  }
  settings = {
    Storage: storage,
    AzureWebJobsStorage: storage,
    Cosmos: `AccountEndpoint=${account?.endpoint};AccountKey=${account?.key};`,
    TOPIC_URI: `http://127.0.0.1:${(topic.address() as AddressInfo).port}/api/events`,
    TOPIC_KEY: 'topic key',
    FOLDER: 'a folder',
  }
  blobs = BlobServiceClient.fromConnectionString(azurite.connection)
  queues = QueueServiceClient.fromConnectionString(azurite.connection)
  things = TableClient.fromConnectionString(azurite.connection, 'things', { allowInsecureConnection: true })
  host = await RunningHost.start({
    bindings: settings,
    unbindable: { ...settings, Nonsense: 'nonsense' },
  })
  url = host.url('bindings')
})
afterAll(async () => {
  topic.close()
  await host[Symbol.asyncDispose]()
  await Promise.all([...counters, azurite].map((each) => each[Symbol.asyncDispose]()))
  await emulator.close()
})

async function send(method: string, path: string, body: unknown, headers = {}): Promise<number> {
  const isPlain = typeof body === 'string' || body instanceof Uint8Array
  const answer = await fetch(`${url}/${path}`, {
    method,
    body: isPlain ? (body as string | Uint8Array<ArrayBuffer>) : JSON.stringify(body),
    headers,
  })
  return answer.status
}

async function read(path: string): Promise<unknown> {
  const answer = await fetch(`${url}/${path}`)
  expect(answer.status).toBe(200)
  return answer.json()
}

async function blobText(container: string, name: string): Promise<string | undefined> {
  const blob = blobs.getContainerClient(container).getBlobClient(name)
  return (await blob.exists()) ? (await blob.downloadToBuffer()).toString('latin1') : undefined
}

async function putBlob(container: string, name: string, content: string | Buffer): Promise<void> {
  const client = blobs.getContainerClient(container)
  await client.createIfNotExists()
  await client.getBlockBlobClient(name).upload(content, Buffer.byteLength(content))
}

async function blobNames(container: string): Promise<string[]> {
  const client = blobs.getContainerClient(container)
  if (!(await client.exists())) return []
  const names: string[] = []
  for await (const { name } of client.listBlobsFlat()) names.push(name)
  return names
}

async function receive(queueName: string): Promise<string[]> {
  const { receivedMessageItems } = await queues
    .getQueueClient(queueName)
    .receiveMessages({ numberOfMessages: 32 })
  return receivedMessageItems.map(({ messageText }) => Buffer.from(messageText, 'base64').toString())
}

describe('a blob input', () => {
  it('is the whole blob: text, or bytes if asked for, or where it is', async () => {
    await putBlob('inputs', 'a/b ü.txt', 'grüße')
    expect(await read(`blobs/inputs/a/b%20${encodeURIComponent('ü')}.txt`)).toEqual({
      bytes: [...Buffer.from('grüße')],
      text: 'grüße',
      where: {
        version: '1.0',
        source: 'AzureStorageBlobs',
        contentType: 'application/json',
        content: { Connection: 'Storage', ContainerName: 'inputs', BlobName: 'a/b ü.txt' },
      },
    })
  })

  it('is bytes also where text is expected, if it is none, and the log says that Azure differs', async () => {
    await putBlob('inputs', 'image', Buffer.from([0xff, 0xd8, 0]))
    expect(await read('blobs/inputs/image')).toMatchObject({ bytes: [0xff, 0xd8, 0], text: [0xff, 0xd8, 0] })
    expect(host.log).toMatch(/blob input "[^"]+" is no UTF-8 text, so the function gets its bytes/)
  })

  it('is nothing where there is no blob, or no container', async () => {
    for (const place of ['inputs/none', 'nowhere/none'])
      expect(await read(`blobs/${place}`)).toEqual({ where: expect.anything() })
  })
})

describe('a blob output', () => {
  it.each([
    ['text', 'grüße', Buffer.from('grüße').toString('latin1')],
    ['bytes', Buffer.from([0, 255]), '\u0000\u00ff'],
    ['json', { a: ['ü'] }, Buffer.from('{"a":["ü"]}').toString('latin1')],
    ['json', '7', '\u0007\0\0\0'],
  ])('of %s is the content of the blob, over what was there', async (as, body, expected) => {
    expect(await send('PUT', `blobs?name=a/${as}&as=${as}`, body)).toBe(201)
    expect(await blobText('written', `a folder/a/${as}`)).toBe(expected)
  })

  it('takes its path from the clock, a GUID and the name of its function', async () => {
    const [name] = await until(async () => {
      const names = await blobNames('ticks')
      return names.length > 0 ? names : undefined
    })
    expect(name).toMatch(/^tick\/\d{4}-\d\d\/[0-9a-f]{32}-\{\d\d\}\.txt$/)
  })

  it('takes its path from the properties of an event', async () => {
    const event = { id: 'e1', subject: 's', eventType: 't', data: { folder: { name: 'deep' } } }
    const answer = await fetch(`${url}/runtime/webhooks/EventGrid?functionName=keepEvent`, {
      method: 'POST',
      headers: { 'aeg-event-type': 'Notification' },
      body: JSON.stringify([event]),
    })
    expect(answer.status).toBe(202)
    expect(await blobText('events', 'deep/e1.json')).toBe('{"folder":{"name":"deep"}}')
  })
})

describe('a queue output', () => {
  it.each([
    ['q-text', 'text', 'grüße', ['grüße']],
    ['q-object', 'json', { a: 1 }, ['{"a":1}']],
    ['q-bytes', 'bytes', '[1]', ['[1]']],
    ['q-list', 'json', ['a', { b: 2 }], ['a', '{"b":2}']],
  ])('%s of %s is its messages', async (queueName, as, body, expected) => {
    expect(await send('POST', `messages?as=${as}`, body, { 'x-queue': queueName })).toBe(202)
    expect(await receive(queueName)).toEqual(expected)
  })

  it('that leads to no queue fails its function, by name', async () => {
    expect(await send('POST', 'messages?as=text', 'x', { 'x-queue': 'no_queue' })).toBe(500)
    await until(
      () =>
        /The queue output "[^"]+" could not be written: .*"no_queue" is no name of a queue/.exec(host.log) ??
        undefined,
    )
  })

  it('whose name has no value fails its function, by name', async () => {
    expect(await send('POST', 'messages?as=text', 'x')).toBe(500)
    await until(
      () =>
        /"queueName" of the queue output "[^"]+": Error while accessing 'x-queue': property doesn't exist/.exec(
          host.log,
        ) ?? undefined,
    )
  })
})

describe('a queue function', () => {
  it('binds what its message says, deep properties and long numbers too', async () => {
    await putBlob('orders', 'ann/book.txt', 'a book')
    const queue = queues.getQueueClient('orders')
    await queue.createIfNotExists()
    const message = '{"customer":{"name":"ann"},"file":"book.txt","number":12345678901234567890}'
    await queue.sendMessage(Buffer.from(message).toString('base64'))
    expect(await until(() => blobText('filled', 'ann-12345678901234567890-1.txt'))).toBe('filled a book')
  })

  it('can be generic, and so can its output', async () => {
    const queue = queues.getQueueClient('generic-in')
    await queue.createIfNotExists()
    await queue.sendMessage(Buffer.from('hello').toString('base64'))
    await until(async () => (await queues.getQueueClient('generic-out').exists()) || undefined)
    expect(await until(async () => (await receive('generic-out'))[0])).toBe('{"relayed":"hello"}')
  })
})

describe('a blob function', () => {
  it('binds what its path captured, whatever the case of the name', async () => {
    await putBlob('sources', 'a/b/film.one.txt', 'content')
    const wake = { method: 'POST', body: JSON.stringify({ container: 'sources', blob: 'a/b/film.one.txt' }) }
    expect((await fetch(`${url}/admin/host/wake`, wake)).status).toBe(202)
    expect(await until(() => blobText('copies', 'txt/film.one-a/b'))).toBe('content')
  })
})

describe('an MCP tool', () => {
  it('binds its arguments', async () => {
    const client = new Client({ name: 'tester', version: '1.0.0' })
    const endpoint = new URL(`${url}/runtime/webhooks/mcp`)
    await client.connect(new StreamableHTTPClientTransport(endpoint) as Transport)
    const call = (text: string): Promise<unknown> =>
      client.callTool({ name: 'keep', arguments: { name: 'a note', text } })
    expect(await call('first')).toMatchObject({ content: [{ text: 'nothing was there' }] })
    expect(await call('second')).toMatchObject({ content: [{ text: 'first' }] })
    await client.close()
  })
})

describe('a table', () => {
  it('gets rows of several partitions, with their types, and gives one back', async () => {
    const rows = [
      { RowKey: '1', name: "o'hara", count: 5, share: 0.5, isNew: true, tags: ['a'], none: null },
      ...Array.from({ length: 3 }, (_row, n) => ({ RowKey: `s${n}`, name: 'same' })),
      { PartitionKey: 'other', RowKey: '1', name: "o'hara" },
    ]
    expect(await send('POST', 'rows?partition=p', rows)).toBe(201)
    expect(await read('rows/p/1')).toEqual({
      row: {
        PartitionKey: 'p',
        RowKey: '1',
        name: "o'hara",
        count: 5,
        share: 0.5,
        isNew: true,
        tags: '["a"]',
      },
    })
    expect(await things.getEntity('p', '1')).toMatchObject({ count: 5n, share: 0.5 })
    expect(await read('rows/other/1')).toEqual({ row: expect.objectContaining({ name: "o'hara" }) })
  })

  it('gives the rows of a filter, at most so many; a value is never read as a filter', async () => {
    expect(await read(`rows/p?name=${encodeURIComponent("o'hara")}`)).toEqual([
      expect.objectContaining({ RowKey: '1' }),
    ])
    expect(await read('rows/p?name=same')).toEqual([
      { PartitionKey: 'p', RowKey: 's0', name: 'same' },
      { PartitionKey: 'p', RowKey: 's1', name: 'same' },
    ])
    expect(await read(`rows/p?name=${encodeURIComponent("x' or name ne 'x")}`)).toEqual([])
  })

  it('gives nothing for a row that is not there', async () => {
    expect(await read('rows/p/none')).toEqual({})
  })

  it('fails the function that inserts a row which is there', async () => {
    expect(await send('POST', 'rows?partition=twice', { RowKey: '1', n: 1 })).toBe(201)
    expect(await send('POST', 'rows?partition=twice', { RowKey: '1', n: 2 })).toBe(500)
    expect(await send('POST', 'rows?partition=twice', { RowKey: '1', n: 3, ETag: '*' })).toBe(201)
    expect(await things.getEntity('twice', '1')).toMatchObject({ n: 3n })
    await until(() => /The table output "[^"]+" could not be written: .*exists/.exec(host.log) ?? undefined)
  })

  it('fails the function that gives a row without its key', async () => {
    expect(await send('POST', 'rows?partition=p', { name: 'x' })).toBe(500)
    await until(() => /has no RowKey\. Set it in the row or on the binding/.exec(host.log) ?? undefined)
  })
})

describe('a Cosmos DB container', () => {
  it('is made, gets documents, also as text, and gives one back by its id', async () => {
    const documents = [
      { id: '1', kind: 'k', name: "o'hara" },
      { id: '2', kind: 'k', name: 'x' },
    ]
    expect(await send('POST', 'documents', documents)).toBe(201)
    expect(await send('POST', 'documents?as=text', '{"id":"2","kind":"k","name":"y"}')).toBe(201)
    expect(await read('documents/k/1')).toEqual({ document: expect.objectContaining(documents[0] ?? {}) })
    expect(await read('documents/k/2')).toEqual({ document: expect.objectContaining({ name: 'y' }) })
  })

  it('gives the documents of a query; a value is never read as SQL', async () => {
    expect(await read(`documents/k?name=${encodeURIComponent("o'hara")}`)).toEqual([{ id: '1' }])
    expect(await read(`documents/k?name=${encodeURIComponent("' OR true OR '")}`)).toEqual([])
  })

  it('may be named as version 3 of the extension did', async () => {
    expect(await send('PUT', 'documents/k/1/copies/3', {})).toBe(201)
    expect(await read('documents/k/3')).toEqual({ document: expect.objectContaining({ name: "o'hara" }) })
  })

  it('gives nothing for a document that is not there', async () => {
    expect(await read('documents/k/none')).toEqual({})
  })

  it('fails the function that gives it no document', async () => {
    expect(await send('POST', 'documents?as=text', 'text')).toBe(500)
    await until(() => /The cosmosDB output "[^"]+" takes objects/.exec(host.log) ?? undefined)
  })
})

describe('an Event Grid topic', () => {
  it('gets events, completed and with its key, in one request', async () => {
    const events = [
      { id: '1', subject: 's', eventType: 't', eventTime: 'now', data: {} },
      { subject: 's', eventType: 't' },
    ]
    expect(await send('POST', 'events', events)).toBe(202)
    const { url: target, headers, events: sent } = published.pop() ?? {}
    expect(target).toBe('/api/events?api-version=2018-01-01')
    expect(headers).toMatchObject({ 'aeg-sas-key': 'topic key', 'content-type': 'application/json' })
    expect(sent).toEqual([
      { ...events[0], dataVersion: '1.0' },
      { ...events[1], id: expect.any(String), eventTime: expect.any(String), dataVersion: '1.0' },
    ])
  })

  it('gets CloudEvents', async () => {
    const event = { specversion: '1.0', id: '1', source: '/s', type: 't', time: 'now' }
    expect(await send('POST', 'events', event)).toBe(202)
    const { headers, events } = published.pop() ?? {}
    expect(headers).toMatchObject({ 'content-type': 'application/cloudevents-batch+json; charset=utf-8' })
    expect(events).toEqual([event])
  })

  it('that is busy gets its events again', async () => {
    expect(await send('POST', 'events', { subject: 'busy', eventType: 't' })).toBe(202)
    const [first, second] = published.slice(-2)
    expect(JSON.stringify(first?.events)).toContain('busy')
    expect(second?.events).toEqual(first?.events)
  })

  it('that refuses its events fails the function', async () => {
    expect(await send('POST', 'events', { subject: 'refused', eventType: 't' })).toBe(500)
    await until(
      () =>
        /The eventGrid output "[^"]+" could not be written: .* answered 400 .*no such schema/.exec(
          host.log,
        ) ?? undefined,
    )
  })
})

describe('an output', () => {
  it.each([
    ['queue', 'POST', 'messages?as=text', 'q-cost/messages', 'q-cost'],
    ['blob', 'PUT', 'blobs?as=text&name=cost', 'written/a%20folder/cost', undefined],
    ['table', 'POST', 'rows?partition=cost', 'things', undefined],
  ])('to a %s costs one request, where that is there', async (_kind, method, path, target, created) => {
    const costOf = async (): Promise<string[]> => {
      const before = requests.length
      const body = JSON.stringify({ RowKey: crypto.randomUUID() })
      expect([201, 202]).toContain(await send(method, path, body, { 'x-queue': 'q-cost' }))
      // Triggers poll all the while, and keep their state in the host's own containers.
      const own = requests.slice(before).map((each) => each.replace('/devstoreaccount1/', ''))
      return own.filter((each) => !/^GET | azure-webjobs-/.test(each))
    }
    const one = `${method} ${target}`
    expect(await costOf()).toEqual(created ? [one, `PUT ${created}`, one] : [one])
    expect(await costOf()).toEqual([one])
  })
})

describe('a function that cannot be bound', () => {
  it.each([
    ['noPath', 'has no "path". Give it one.'],
    ['pathWithoutBlob', 'is no path of a blob. Write container/name.'],
    ['openBrace', "Invalid template 'container/{name'. Missing closing bracket at position 11."],
    ['badName', "The parameter name 'rand-int' is invalid."],
    ['noSetting', '%NOT_SET% names a setting that is not set.'],
    ['noConnection', 'The connection "Nowhere" is not set: set Nowhere to a connection string'],
    ['noConnectionString', 'The connection "Nonsense" is no connection string'],
    ['noTopic', 'needs the setting NO_URI, which is not set.'],
    ['unknownKind', 'The output binding "sendGrid" is not built'],
    ['twoWays', 'has an "id" and a "sqlQuery". Keep one of them.'],
    ['uncaptured', 'asks for {nam}, which its trigger does not give. There are {blobtrigger}, {uri}'],
    ['unknownName', 'asks for {customer}, which its trigger does not give.'],
  ])('%s is left out, with what to mend', async (name, message) => {
    const line = host.log.split('\n').find((each) => each.includes(`The '${name}' function is in error`))
    expect(line).toContain(message)
    expect((await fetch(`${host.url('unbindable')}/${name}`)).status).toBe(404)
    expect((await fetch(`${host.url('unbindable')}/sound`)).status).toBe(200)
  })
})

describe('a function that streams', () => {
  it('binds its route, query and headers too', async () => {
    await putBlob('inputs', 'streamed.txt', 'streamed')
    await using streaming = await RunningHost.start({ bindings: { ...settings, STREAM: 'true' } })
    const answer = await fetch(`${streaming.url('bindings')}/blobs/inputs/streamed.txt`)
    expect(await answer.json()).toMatchObject({ text: 'streamed' })
    const written = await fetch(`${streaming.url('bindings')}/messages?as=text`, {
      method: 'POST',
      body: 'by stream',
      headers: { 'x-queue': 'q-stream' },
    })
    expect(written.status).toBe(202)
    // The answer is on its way before the outputs are.
    await until(async () => (await queues.getQueueClient('q-stream').exists()) || undefined)
    expect(await until(async () => (await receive('q-stream'))[0])).toBe('by stream')
    expect((await fetch(`${streaming.url('bindings')}/rows/p`)).status).toBe(500)
  })
})
