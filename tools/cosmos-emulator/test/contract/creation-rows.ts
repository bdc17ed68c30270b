import assert from 'node:assert/strict'

import { answers, fails, holds, isAnswer } from './assertions.ts'
import { pathOf } from './contract-context.ts'
import { differs, faithful } from './contract-row.ts'
import type { ContractRow } from './contract-row.ts'

const largestBytes = 2 * 1024 * 1024
const systemProperties = ['_rid', '_self', '_etag', '_attachments', '_ts']
const keyHeader = { 'x-ms-documentdb-partitionkey': '["t"]' }

/** The making of documents. */
export const creationRows: ContractRow[] = [
  ...faithful('items.create', {
    'answers 201 with the document, its system properties and its etag': async ({ makeContainer }) => {
      const { items } = await makeContainer()
      const { resource, etag } = await answers(items.create({ id: 'a', tenantId: 't', n: 1 }), 201)
      assert.deepEqual(Object.keys(resource ?? {}), ['id', 'tenantId', 'n', ...systemProperties])
      assert.equal(resource?._etag, etag)
      assert.equal(Buffer.from(String(resource?._rid), 'base64').length, 16)
    },
    'answers with session, charge, item and content path in headers': async ({ makeContainer }) => {
      const { items } = await makeContainer()
      const { headers, activityId, requestCharge } = await items.create({ id: 'a', tenantId: 't' })
      assert.match(String(headers['x-ms-session-token']), /^0:-?\d+#\d+$/)
      assert.match(String(headers['x-ms-alt-content-path']), /^dbs\/.*\/colls\//)
      assert.ok(headers['x-ms-content-path'])
      assert.ok(activityId && requestCharge > 0)
    },
    'drops what the client sends for system properties': async ({ makeContainer }) => {
      const { items } = await makeContainer()
      const sent = { id: 'a', tenantId: 't', _rid: 'x', _self: 'x', _etag: 'x', _ts: 1, _attachments: 'x' }
      const { resource } = await items.create(sent)
      for (const name of systemProperties) assert.notEqual((resource as never)[name], 'x')
      assert.notEqual(resource?._ts, 1)
    },
    'answers without a body where the client wants none': async ({ makeContainer, send }) => {
      const path = `${pathOf(await makeContainer())}/docs`
      const headers = { ...keyHeader, prefer: 'return=minimal' }
      const answer = await send('POST', path, { headers, body: '{"id":"a","tenantId":"t"}' })
      assert.deepEqual([answer.status, answer.text], [201, ''])
      assert.ok(answer.headers.etag)
    },
    'answers 409 where the id is taken in the same logical partition': async ({ makeContainer }) => {
      const { items } = await makeContainer()
      await items.create({ id: 'a', tenantId: 't' })
      await fails(items.create({ id: 'a', tenantId: 't' }), 409, /already exists/)
    },
    'takes one id in two logical partitions': async ({ makeContainer }) => {
      const { items } = await makeContainer()
      await answers(items.create({ id: 'a', tenantId: 't' }), 201)
      await answers(items.create({ id: 'a', tenantId: 'u' }), 201)
      await answers(items.create({ id: 'a' }), 201)
      await answers(items.create({ id: 'a', tenantId: null }), 201)
    },
    'answers 409 to the second of two writers at once': async ({ makeContainer }) => {
      const { items } = await makeContainer()
      const results = await Promise.allSettled(
        Array.from({ length: 8 }, async () => items.create({ id: 'a', tenantId: 't' })),
      )
      const failures = results.filter((result) => result.status === 'rejected')
      assert.equal(failures.length, 7)
      for (const { reason } of failures) holds(reason, { code: 409 })
    },
    'answers 400 without an id': async ({ makeContainer, send }) => {
      const path = `${pathOf(await makeContainer())}/docs`
      const body = '{"tenantId":"t"}'
      isAnswer(await send('POST', path, { headers: keyHeader, body }), 400, /'id; '/)
    },
    'answers 400 to an id that is no text, or empty': async ({ makeContainer, send }) => {
      const path = `${pathOf(await makeContainer())}/docs`
      for (const id of ['1', 'null', 'true', '[]', '{}', '""']) {
        const body = `{"id":${id},"tenantId":"t"}`
        isAnswer(await send('POST', path, { headers: keyHeader, body }), 400)
      }
    },
    'takes an id of 1023 bytes and answers 400 to 1024': async ({ makeContainer }) => {
      const { items } = await makeContainer()
      await answers(items.create({ id: 'x'.repeat(1023), tenantId: 't' }), 201)
      await answers(items.create({ id: 'é'.repeat(511), tenantId: 't' }), 201)
      await fails(items.create({ id: 'x'.repeat(1024), tenantId: 't' }), 400)
      await fails(items.create({ id: 'é'.repeat(512), tenantId: 't' }), 400)
    },
    'answers 400 to an id with a slash, a backslash, a question mark or a hash': async ({
      makeContainer,
      send,
    }) => {
      const path = `${pathOf(await makeContainer())}/docs`
      for (const id of ['a/b', 'a\\b', 'a?b', 'a#b']) {
        const body = JSON.stringify({ id, tenantId: 't' })
        isAnswer(await send('POST', path, { headers: keyHeader, body }), 400)
      }
    },
    'takes any other character in an id, and finds it again': async ({ makeContainer }) => {
      const container = await makeContainer()
      for (const id of [
        'ä b',
        '100%',
        '%2F',
        '"quoted"',
        "'",
        '日本語',
        '👩‍🚀',
        '+',
        'a&b=c',
        '{id}',
        '~;,:@!$*()[]',
      ]) {
        await answers(container.items.create({ id, tenantId: 't' }), 201)
        holds((await answers(container.item(id, 't').read(), 200)).resource, { id })
      }
    },
    'answers 400/1001 where the key of the document is not that of the header': async ({
      makeContainer,
      send,
    }) => {
      const path = `${pathOf(await makeContainer())}/docs`
      const body = '{"id":"a","tenantId":"other"}'
      const answer = await send('POST', path, { headers: keyHeader, body })
      isAnswer(answer, 400, /PartitionKey extracted from document doesn't match/)
      assert.equal(answer.headers['x-ms-substatus'], '1001')
    },
    'answers 400 without the header of the partition key': async ({ makeContainer, send }) => {
      const path = `${pathOf(await makeContainer())}/docs`
      isAnswer(await send('POST', path, { body: '{"id":"a","tenantId":"t"}' }), 400, /PartitionKey/)
    },
    'answers 400 to a header of the partition key that is none': async ({ makeContainer, send }) => {
      const path = `${pathOf(await makeContainer())}/docs`
      for (const key of ['t', '"t"', '{}', '[[]]', '[{"a":1}]', '["t","u"]', '[', '']) {
        const headers = { 'x-ms-documentdb-partitionkey': key }
        isAnswer(await send('POST', path, { headers, body: '{"id":"a","tenantId":"t"}' }), 400)
      }
    },
    'takes text, number, boolean, null and nothing as keys, each apart': async ({ makeContainer }) => {
      const container = await makeContainer()
      const keys = ['1', 1, true, null, undefined, 1.5, '', 'true']
      for (const tenantId of keys) await container.items.create({ id: 'a', tenantId })
      assert.equal((await container.items.readAll().fetchAll()).resources.length, keys.length)
      holds((await container.item('a', 1).read()).resource, { tenantId: 1 })
      holds((await container.item('a', null as never).read()).resource, { tenantId: null })
    },
    'takes a key of 2048 bytes and answers 400 to 2049': async ({ makeContainer }) => {
      const { items } = await makeContainer()
      await answers(items.create({ id: 'a', tenantId: 'k'.repeat(2048) }), 201)
      await fails(items.create({ id: 'b', tenantId: 'k'.repeat(2049) }), 400, /partition key/i)
    },
    'takes a key at a nested path': async ({ makeContainer }) => {
      const container = await makeContainer({ partitionKey: { paths: ['/a/b c'] } as never })
      await container.items.create({ id: 'x', a: { 'b c': 'k' } })
      await answers(container.item('x', 'k').read(), 200)
    },
    'takes a document of 2 MB and answers 413 to a larger one': async ({ makeContainer }) => {
      const { items } = await makeContainer()
      await answers(items.create({ id: 'a', tenantId: 't', fill: 'x'.repeat(largestBytes - 500) }), 201)
      await fails(items.create({ id: 'b', tenantId: 't', fill: 'x'.repeat(largestBytes) }), 413, /too large/)
    },
    'takes 128 levels of nesting and answers 400 to more': async ({ makeContainer, send }) => {
      const path = `${pathOf(await makeContainer())}/docs`
      const nested = (levels: number): string =>
        `{"id":"n${levels}","tenantId":"t","v":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`
      isAnswer(await send('POST', path, { headers: keyHeader, body: nested(128) }), 201)
      isAnswer(await send('POST', path, { headers: keyHeader, body: nested(129) }), 400, /nest/)
    },
    'answers 400 to a body that is no JSON object': async ({ makeContainer, send }) => {
      const path = `${pathOf(await makeContainer())}/docs`
      for (const body of ['', '{', '[]', 'null', '1', '"a"', '{"id":"a",}', '\u0000', '{"id":"a" "b":1}'])
        isAnswer(await send('POST', path, { headers: keyHeader, body }), 400)
    },
    'answers 404 where there is no such container or database': async ({ client, makeDatabase }) => {
      await fails((await makeDatabase()).container('none').items.create({ id: 'a' }), 404)
      await fails(client.database('none').container('none').items.create({ id: 'a' }), 404)
    },
    'gives a document an id where the client leaves it out': async ({ makeContainer }) => {
      const { items } = await makeContainer()
      const { resource } = await items.create({ tenantId: 't' })
      assert.match(String(resource?.id), /^[\da-f-]{36}$/)
    },
    'keeps values as they are: unicode, null, empty, deep and great numbers': async ({ makeContainer }) => {
      const container = await makeContainer()
      const values = {
        text: 'é\u0000\ud83d\ude00"\\\n',
        none: null,
        empty: ['', [], {}],
        numbers: [0, -1, 1.5, 1e300, 5e-324, 2 ** 53, -(2 ** 53)],
        nested: { a: [{ b: { c: [true, false] } }] },
      }
      await container.items.create({ id: 'a', tenantId: 't', values })
      assert.deepEqual((await container.item('a', 't').read()).resource.values, values)
    },
    'takes properties that are called like those of every object': async ({ makeContainer, send }) => {
      const container = await makeContainer()
      const body = '{"id":"a","tenantId":"t","__proto__":{"x":1},"constructor":2,"toString":3}'
      isAnswer(await send('POST', `${pathOf(container)}/docs`, { headers: keyHeader, body }), 201)
      const { text } = await send('GET', `${pathOf(container)}/docs/a`, { headers: keyHeader })
      assert.match(text, /"__proto__":\{"x":1\},"constructor":2,"toString":3/)
    },
  }),
  differs(
    'items.create',
    'takes the last of several properties of one name',
    'the service refuses some such bodies; JSON.parse keeps the last',
    async ({ makeContainer, send }) => {
      const path = `${pathOf(await makeContainer())}/docs`
      const body = '{"id":"a","tenantId":"t","n":1,"n":2}'
      const { json } = await send('POST', path, { headers: keyHeader, body })
      holds(json, { n: 2 })
    },
  ),
  ...faithful('items.upsert', {
    'answers 201 where it creates and 200 where it replaces': async ({ makeContainer }) => {
      const { items } = await makeContainer()
      await answers(items.upsert({ id: 'a', tenantId: 't' }), 201)
      const { resource } = await answers(items.upsert({ id: 'a', tenantId: 't', n: 2 }), 200)
      holds(resource, { n: 2 })
    },
    'gives a new etag and keeps the resource id': async ({ makeContainer }) => {
      const { items } = await makeContainer()
      const before = await items.upsert({ id: 'a', tenantId: 't' })
      const after = await items.upsert({ id: 'a', tenantId: 't' })
      assert.notEqual(after.etag, before.etag)
      assert.equal(after.resource?._rid, before.resource?._rid)
    },
    'drops properties that are left out': async ({ makeContainer }) => {
      const { items } = await makeContainer()
      await items.upsert({ id: 'a', tenantId: 't', old: 1 })
      const { resource } = await items.upsert<{ id: string; old?: number }>({
        id: 'a',
        tenantId: 't',
      } as never)
      assert.equal(resource?.old, undefined)
    },
    'answers 412 where the etag is another': async ({ makeContainer }) => {
      const { items } = await makeContainer()
      await items.upsert({ id: 'a', tenantId: 't' })
      const accessCondition = { type: 'IfMatch', condition: '"other"' }
      await fails(items.upsert({ id: 'a', tenantId: 't' }, { accessCondition }), 412, /pre-condition/)
    },
    'answers 400/1001 where the keys do not fit': async ({ makeContainer, send }) => {
      const path = `${pathOf(await makeContainer())}/docs`
      const answer = await send('POST', path, {
        headers: { ...keyHeader, 'x-ms-documentdb-is-upsert': 'true' },
        body: '{"id":"a","tenantId":"u"}',
      })
      isAnswer(answer, 400)
      assert.equal(answer.headers['x-ms-substatus'], '1001')
    },
    'answers 413 to a document over 2 MB': async ({ makeContainer }) => {
      const { items } = await makeContainer()
      await fails(items.upsert({ id: 'b', tenantId: 't', fill: 'x'.repeat(largestBytes) }), 413)
    },
  }),
]
