import assert from 'node:assert/strict'

import { answers, fails, holds, isAnswer } from './assertions.ts'
import { faithful } from './contract-row.ts'
import type { ContractRow } from './contract-row.ts'

const forbidden = ['/', '\\', '?', '#']

/** Databases: their feed, their making, reading and deletion. */
export const databaseRows: ContractRow[] = [
  ...faithful('databases.create', {
    'answers 201 with the system properties and an etag': async ({ client }) => {
      const { resource, etag } = await answers(client.databases.create({ id: 'made' }), 201)
      holds(resource, { id: 'made', _colls: 'colls/', _users: 'users/', _etag: etag })
      assert.equal(Buffer.from(String(resource?._rid), 'base64').length, 4)
      assert.equal(resource?._self, `dbs/${resource?._rid}/`)
    },
    'answers 409 where the name is taken': async ({ client, makeDatabase }) => {
      const { id } = await makeDatabase()
      await fails(client.databases.create({ id }), 409, /already exists/)
    },
    'takes names that differ in case alone as two': async ({ client }) => {
      await answers(client.databases.create({ id: 'Case' }), 201)
      await answers(client.databases.create({ id: 'case' }), 201)
    },
    'answers 400 without a name': async ({ send }) => {
      isAnswer(await send('POST', '/dbs', { body: '{}' }), 400, /name/)
    },
    'answers 400 to a name that is no text': async ({ send }) => {
      for (const id of ['1', 'null', 'true', '[]', '{}', '""'])
        isAnswer(await send('POST', '/dbs', { body: `{"id":${id}}` }), 400, /name/)
    },
    'takes a name of 255 characters and answers 400 to 256': async ({ send }) => {
      const body = (length: number): string => JSON.stringify({ id: 'n'.repeat(length) })
      isAnswer(await send('POST', '/dbs', { body: body(255) }), 201)
      isAnswer(await send('POST', '/dbs', { body: body(256) }), 400, /255/)
    },
    'answers 400 to a name with a slash, a backslash, a question mark or a hash': async ({ send }) => {
      for (const character of forbidden)
        isAnswer(await send('POST', '/dbs', { body: JSON.stringify({ id: `a${character}b` }) }), 400)
    },
    'answers 400 to a name that ends with a space': async ({ send }) => {
      isAnswer(await send('POST', '/dbs', { body: '{"id":"a "}' }), 400)
    },
    'takes any other character in a name, and finds it again': async ({ client }) => {
      for (const id of ['ünï', 'a b', '%41', "it's", '日本', '😀', 'a+b&c=d', '..a', '~$!*()'])
        await answers((await client.databases.create({ id })).database.read(), 200)
    },
    'answers 400 to a body that is no JSON object': async ({ send }) => {
      for (const body of ['', '[', '[]', '1', 'null', '"a"'])
        isAnswer(await send('POST', '/dbs', { body }), 400)
    },
    'keeps a throughput, manual or autoscale': async ({ client }) => {
      const manual = await client.databases.create({ id: 'manual', throughput: 500 })
      assert.equal((await manual.database.readOffer()).resource?.content?.offerThroughput, 500)
      const auto = await client.databases.create({ id: 'auto', maxThroughput: 4000 })
      const content = (await auto.database.readOffer()).resource?.content
      holds(content?.offerAutopilotSettings, { maxThroughput: 4000 })
    },
    'answers 400 to a throughput below 400 or between hundreds': async ({ send }) => {
      for (const throughput of ['0', '-1', '399', '450', '1e9', 'many', ''])
        isAnswer(
          await send('POST', '/dbs', {
            headers: { 'x-ms-offer-throughput': throughput },
            body: '{"id":"limits"}',
          }),
          400,
          /throughput/i,
        )
    },
    'answers 400 to an autoscale maximum below 1000 or between thousands': async ({ send }) => {
      for (const settings of ['{"maxThroughput":999}', '{"maxThroughput":1500}', '{}', 'x', '[]'])
        isAnswer(
          await send('POST', '/dbs', {
            headers: { 'x-ms-cosmos-offer-autopilot-settings': settings },
            body: '{"id":"limits"}',
          }),
          400,
          /throughput|autopilot/i,
        )
    },
  }),
  ...faithful('databases.list', {
    'gives all of them, with their count': async ({ makeDatabase, send }) => {
      const { id } = await makeDatabase()
      const { json, headers } = await send('GET', '/dbs')
      const { Databases: list, _count: count } = json as { Databases: { id: string }[]; _count: number }
      assert.ok(list.some((database) => database.id === id))
      assert.equal(count, list.length)
      assert.equal(headers['x-ms-item-count'], String(count))
    },
    'goes page by page where the client wishes so': async ({ client, makeDatabase }) => {
      for (let made = 0; made < 3; made += 1) await makeDatabase()
      const all = (await client.databases.readAll().fetchAll()).resources
      const pages = client.databases.readAll({ maxItemCount: 2 })
      const first = await pages.fetchNext()
      assert.equal(first.resources.length, 2)
      assert.deepEqual(
        [...first.resources, ...(await pages.fetchAll()).resources].slice(0, 2).map(({ id }) => id),
        all.slice(0, 2).map(({ id }) => id),
      )
      const seen = (await client.databases.readAll({ maxItemCount: 2 }).fetchAll()).resources
      assert.deepEqual(
        seen.map(({ id }) => id),
        all.map(({ id }) => id),
      )
    },
  }),
  ...faithful('databases.query', {
    'filters by a parameter': async ({ client, makeDatabase }) => {
      const { id } = await makeDatabase()
      const query = { query: 'SELECT * FROM d WHERE d.id = @id', parameters: [{ name: '@id', value: id }] }
      assert.deepEqual(
        (await client.databases.query(query).fetchAll()).resources.map((database) => database.id),
        [id],
      )
    },
    'answers 400 to a query that is none': async ({ client }) => {
      await fails(client.databases.query('SELECT FROM').fetchAll(), 400, /syntax|SC1001/i)
    },
  }),
  ...faithful('database.read', {
    'answers 200 with the etag of its making': async ({ client }) => {
      const made = await client.databases.create({ id: 'read-me' })
      const { resource, etag } = await answers(made.database.read(), 200)
      assert.equal(etag, made.etag)
      assert.deepEqual(resource, made.resource)
    },
    'answers 404 where there is none': async ({ client }) => {
      await fails(client.database('none').read(), 404, /Resource Not Found/)
    },
    'answers 304 without a body where the etag is the same': async ({ makeDatabase, send }) => {
      const database = await makeDatabase()
      const etag = String((await database.read()).etag)
      const answer = await send('GET', `/dbs/${database.id}`, { headers: { 'if-none-match': etag } })
      assert.deepEqual([answer.status, answer.text, answer.headers.etag], [304, '', etag])
    },
    'is found by its resource id': async ({ makeDatabase, send }) => {
      const database = await makeDatabase()
      const rid = String((await database.read()).resource?._rid)
      const signs = { type: 'dbs', link: rid.toLowerCase() }
      const { json } = await send('GET', `/dbs/${rid}/`, { signs })
      holds(json, { id: database.id })
    },
  }),
  ...faithful('database.delete', {
    'answers 204 without a body, and then 404': async ({ makeDatabase }) => {
      const database = await makeDatabase()
      await answers(database.delete(), 204)
      await fails(database.read(), 404)
      await fails(database.delete(), 404)
    },
    'takes its containers and documents with it': async ({ client, makeDatabase }) => {
      const { id, containers } = await makeDatabase()
      const { container } = await containers.create({ id: 'c', partitionKey: '/tenantId' })
      await container.items.create({ id: 'a', tenantId: 't' })
      await client.database(id).delete()
      await client.databases.create({ id })
      await fails(container.read(), 404)
    },
    'answers 412 where the etag is another': async ({ makeDatabase, send }) => {
      const { id } = await makeDatabase()
      isAnswer(await send('DELETE', `/dbs/${id}`, { headers: { 'if-match': '"other"' } }), 412)
    },
  }),
]
