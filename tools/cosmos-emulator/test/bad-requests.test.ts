import { createHmac } from 'node:crypto'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'

import { describe, expect, it } from '@jest/globals'

import { openContainer } from './open-container.ts'
import type { OpenedContainer } from './open-container.ts'
import { signature } from './signed-request.ts'

const docs = '/dbs/media/colls/things/docs'

/** Sends a signed request as no client would. */
async function send(
  { emulator }: OpenedContainer,
  method: string,
  path: string,
  { body, ...headers }: Record<string, string> = {},
): Promise<{ status: number; text: string }> {
  const [account] = emulator.accounts
  const parts = path.split('/').filter(Boolean)
  const isFeed = parts.length % 2 === 1
  const type = isFeed ? parts.at(-1) : parts.at(-2)
  const link = (isFeed ? parts.slice(0, -1) : parts).join('/')
  const date = new Date().toUTCString()
  const signature = createHmac('sha256', Buffer.from(account!.key, 'base64'))
    .update(`${method.toLowerCase()}\n${type}\n${link}\n${date.toLowerCase()}\n\n`)
    .digest('base64')
  const response = await fetch(new URL(path, account!.endpoint), {
    method,
    headers: {
      'x-ms-date': date,
      authorization: encodeURIComponent(`type=master&ver=1.0&sig=${signature}`),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  })
  return { status: response.status, text: await response.text() }
}

const key = { 'x-ms-documentdb-partitionkey': '["t"]' }
const query = {
  'x-ms-documentdb-isquery': 'true',
  'content-type': 'application/query+json',
  body: '{"query":"SELECT * FROM c"}',
}
const batch = { ...key, 'x-ms-cosmos-is-batch-request': 'true', 'x-ms-cosmos-batch-atomic': 'true' }

const requests: [what: string, method: string, path: string, headers: Record<string, string>][] = [
  ['a body that is no JSON', 'POST', docs, { ...key, body: '{"id":' }],
  ['a body that is no object', 'POST', docs, { ...key, body: '[1]' }],
  ['an empty body', 'POST', docs, { ...key, body: '' }],
  ['no id', 'POST', docs, { ...key, body: '{"tenantId":"t"}' }],
  ['an id that is a number', 'POST', docs, { ...key, body: '{"id":1,"tenantId":"t"}' }],
  ['an id with half of a character', 'POST', docs, { ...key, body: '{"id":"a\\ud800","tenantId":"t"}' }],
  ['a number that is too large', 'POST', docs, { ...key, body: '{"id":"a","tenantId":"t","n":[-1e400]}' }],
  ['a key that is too large a number', 'GET', `${docs}/a`, { 'x-ms-documentdb-partitionkey': '[1e400]' }],
  ['an id with a slash', 'POST', docs, { ...key, body: '{"id":"a/b","tenantId":"t"}' }],
  [
    'an id that is too long',
    'POST',
    docs,
    { ...key, body: JSON.stringify({ id: 'x'.repeat(1024), tenantId: 't' }) },
  ],
  ['no partition key', 'POST', docs, { body: '{"id":"a","tenantId":"t"}' }],
  [
    'a partition key that is no JSON',
    'POST',
    docs,
    { 'x-ms-documentdb-partitionkey': 'nonsense', body: '{"id":"a"}' },
  ],
  ['a partition key of objects', 'GET', `${docs}/a`, { 'x-ms-documentdb-partitionkey': '[{"a":1}]' }],
  [
    'a partition key of too many levels',
    'POST',
    docs,
    { ...query, 'x-ms-documentdb-partitionkey': '["a","b"]' },
  ],
  ['a page size that is no number', 'POST', docs, { ...query, 'x-ms-max-item-count': 'many' }],
  ['a continuation that is none', 'POST', docs, { ...query, 'x-ms-continuation': '!!!' }],
  ['a key range id that is none', 'POST', docs, { ...query, 'x-ms-documentdb-partitionkeyrangeid': 'x' }],
  ['a query without a text', 'POST', docs, { ...query, body: '{}' }],
  ['parameters without names', 'POST', docs, { ...query, body: '{"query":"SELECT 1","parameters":[1]}' }],
  ['a batch that is no list', 'POST', docs, { ...batch, body: '{}' }],
  ['a batch of nothing', 'POST', docs, { ...batch, body: '[]' }],
  [
    'a batch of 101',
    'POST',
    docs,
    {
      ...batch,
      body: JSON.stringify(Array.from({ length: 101 }, () => ({ operationType: 'Read', id: 'a' }))),
    },
  ],
  [
    'a change feed continuation that is none',
    'GET',
    docs,
    { 'a-im': 'Incremental Feed', 'if-none-match': '"x"' },
  ],
  ['a start time that is none', 'GET', docs, { 'a-im': 'Incremental Feed', 'if-modified-since': 'soon' }],
  ['a patch of nothing', 'PATCH', `${docs}/there`, { ...key, body: '[]' }],
  [
    'a patch condition that is no query',
    'PATCH',
    `${docs}/there`,
    { ...key, body: '{"condition":"whenever","operations":[]}' },
  ],
  ['a database without a name', 'POST', '/dbs', { body: '{}' }],
  [
    'a container of odd key paths',
    'POST',
    '/dbs/media/colls',
    { body: '{"id":"c","partitionKey":{"paths":["x"]}}' },
  ],
  [
    'a container of four key levels',
    'POST',
    '/dbs/media/colls',
    { body: '{"id":"c","partitionKey":{"paths":["/a","/b","/c","/d"],"kind":"MultiHash"}}' },
  ],
  ['an indexing policy that is a list', 'POST', '/dbs/media/colls', { body: policyOf('[]') }],
  ['an indexing mode that is a number', 'POST', '/dbs/media/colls', { body: policyOf('{"indexingMode":1}') }],
  ['automatic indexing by a text', 'POST', '/dbs/media/colls', { body: policyOf('{"automatic":"yes"}') }],
  ['a default time to live of zero', 'POST', '/dbs/media/colls', { body: '{"id":"c","defaultTtl":0}' }],
  ['a throughput of nothing', 'POST', '/dbs', { 'x-ms-offer-throughput': '-1', body: '{"id":"d"}' }],
]

function policyOf(policy: string): string {
  return `{"id":"c","partitionKey":{"paths":["/p"],"kind":"Hash"},"indexingPolicy":${policy}}`
}

describe('a request that is wrong', () => {
  it.each(requests)('by %s is answered with 400 and a message', async (_, method, path, headers) => {
    await using opened = await openContainer()
    await opened.container.items.create({ id: 'there', tenantId: 't' })

    const { status, text } = await send(opened, method, path, headers)

    expect({ status, text }).toEqual({ status: 400, text: expect.stringContaining('"message":"') })
    expect((await opened.container.items.query('SELECT VALUE c.id FROM c').fetchAll()).resources).toEqual([
      'there',
    ])
  })

  it.each([
    ['PUT', '/dbs'],
    ['DELETE', docs],
    ['PUT', '/dbs/media/users'],
    ['GET', '/topology'],
  ])(
    'because the emulator has no such operation is answered with 501 and its name: %s %s',
    async (method, path) => {
      await using opened = await openContainer()

      const { status, text } = await send(opened, method, path)

      expect({ status, text }).toEqual({ status: 501, text: expect.stringContaining(method) })
    },
  )

  it('in nothing but its pieces, of one byte each, is understood', async () => {
    await using opened = await openContainer()
    const [account] = opened.emulator.accounts
    const body = JSON.stringify({ id: 'é', tenantId: 't', text: '😀'.repeat(500) })
    const { promise, resolve } = Promise.withResolvers<IncomingMessage>()
    const sent = request(new URL(docs, account!.endpoint), {
      method: 'POST',
      headers: {
        ...key,
        ...signature(account!.key, 'POST', { type: 'docs', link: 'dbs/media/colls/things' }),
      },
    })
    sent.on('response', resolve)
    for (const byte of Buffer.from(body)) sent.write(Buffer.of(byte))
    sent.end()

    expect((await promise).resume().statusCode).toBe(201)
    expect((await opened.container.item('é', 't').read()).resource).toMatchObject(JSON.parse(body))
  })

  it('by bytes that are no HTTP leaves others undisturbed', async () => {
    await using opened = await openContainer()
    const { port } = new URL(opened.emulator.accounts[0]!.endpoint)
    const { promise, resolve } = Promise.withResolvers<void>()
    const socket = connect(Number(port), '127.0.0.1', () => socket.write('\u0000\u0001 nonsense\r\n\r\n'))
    socket.resume()
    socket.on('close', () => resolve())
    await promise

    expect((await opened.container.read()).statusCode).toBe(200)
  })
})
