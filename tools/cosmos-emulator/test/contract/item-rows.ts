import assert from 'node:assert/strict'

import { answers, fails, holds, isAnswer } from './assertions.ts'
import { pathOf } from './contract-context.ts'
import { faithful } from './contract-row.ts'
import type { ContractRow } from './contract-row.ts'

const largestBytes = 2 * 1024 * 1024
const keyHeader = { 'x-ms-documentdb-partitionkey': '["t"]' }

/** Reading, replacing, deleting and listing documents. */
export const itemRows: ContractRow[] = [
  ...faithful('item.read', {
    'answers 200 with the document as it was made': async ({ makeContainer }) => {
      const container = await makeContainer()
      const made = await container.items.create({ id: 'a', tenantId: 't' })
      const { resource, etag } = await answers(container.item('a', 't').read(), 200)
      assert.deepEqual(resource, made.resource)
      assert.equal(etag, made.etag)
    },
    'answers 404 with sub-status 0 where there is none, also in another partition': async ({
      makeContainer,
      send,
    }) => {
      const container = await makeContainer()
      await container.items.create({ id: 'a', tenantId: 'u' })
      const answer = await send('GET', `${pathOf(container)}/docs/a`, { headers: keyHeader })
      isAnswer(answer, 404, /Resource Not Found/)
      assert.equal(answer.headers['x-ms-substatus'] ?? '0', '0')
    },
    'answers 304 without a body where the etag is the same': async ({ makeContainer, send }) => {
      const container = await makeContainer()
      const { etag } = await container.items.create({ id: 'a', tenantId: 't' })
      const headers = { ...keyHeader, 'if-none-match': etag }
      const answer = await send('GET', `${pathOf(container)}/docs/a`, { headers })
      assert.deepEqual([answer.status, answer.text, answer.headers.etag], [304, '', etag])
    },
    'answers 200 where the etag is another': async ({ makeContainer, send }) => {
      const container = await makeContainer()
      await container.items.create({ id: 'a', tenantId: 't' })
      const headers = { ...keyHeader, 'if-none-match': '"other"' }
      isAnswer(await send('GET', `${pathOf(container)}/docs/a`, { headers }), 200)
    },
    'answers 400 without a partition key, or with one of too few levels': async ({ makeContainer, send }) => {
      const partitionKey = { paths: ['/a', '/b'], kind: 'MultiHash', version: 2 } as never
      const path = `${pathOf(await makeContainer({ partitionKey }))}/docs/x`
      isAnswer(await send('GET', path), 400, /PartitionKey/)
      const headers = { 'x-ms-documentdb-partitionkey': '["a"]' }
      const answer = await send('GET', path, { headers })
      isAnswer(answer, 400, /Partition key provided/)
      assert.equal(answer.headers['x-ms-substatus'], '1001')
    },
    'is told the session and reads its own write': async ({ makeContainer }) => {
      const container = await makeContainer()
      const { headers } = await container.items.create({ id: 'a', tenantId: 't' })
      const sessionToken = String(headers['x-ms-session-token'])
      await answers(container.item('a', 't').read({ sessionToken }), 200)
    },
    'answers 404/1002 to a session that is ahead': async ({ makeContainer, send }) => {
      const container = await makeContainer()
      await container.items.create({ id: 'a', tenantId: 't' })
      const headers = { ...keyHeader, 'x-ms-session-token': '0:-1#999' }
      const answer = await send('GET', `${pathOf(container)}/docs/a`, { headers })
      isAnswer(answer, 404, /session/)
      assert.equal(answer.headers['x-ms-substatus'], '1002')
    },
    'charges one unit for a kilobyte': async ({ makeContainer }) => {
      const container = await makeContainer()
      await container.items.create({ id: 'a', tenantId: 't' })
      assert.equal((await container.item('a', 't').read()).requestCharge, 1)
    },
    'is found by its self link of resource ids': async ({ makeContainer, send }) => {
      const container = await makeContainer()
      const { resource } = await container.items.create({ id: 'a', tenantId: 't' })
      const { _self: self, _rid: rid } = resource as never as { _self: string; _rid: string }
      const signs = { type: 'docs', link: rid.toLowerCase() }
      const { json } = await send('GET', `/${self}`, { headers: keyHeader, signs })
      holds(json, { id: 'a' })
    },
  }),
  ...faithful('item.replace', {
    'answers 200 with the new document and a new etag': async ({ makeContainer }) => {
      const container = await makeContainer()
      const before = await container.items.create({ id: 'a', tenantId: 't', old: 1 })
      const { resource, etag } = await answers(
        container
          .item('a', 't')
          .replace<{ id: string; old?: number }>({ id: 'a', tenantId: 't', n: 1 } as never),
        200,
      )
      assert.notEqual(etag, before.etag)
      assert.equal(resource?.old, undefined)
    },
    'answers 404 where there is none': async ({ makeContainer }) => {
      const container = await makeContainer()
      await fails(container.item('a', 't').replace({ id: 'a', tenantId: 't' }), 404)
    },
    'answers 412 where the etag is another, and changes nothing': async ({ makeContainer }) => {
      const container = await makeContainer()
      const { etag } = await container.items.create({ id: 'a', tenantId: 't' })
      const accessCondition = { type: 'IfMatch', condition: '"other"' }
      await fails(container.item('a', 't').replace({ id: 'a', tenantId: 't' }, { accessCondition }), 412)
      assert.equal((await container.item('a', 't').read()).etag, etag)
    },
    'answers 200 where the etag is the same, once': async ({ makeContainer }) => {
      const container = await makeContainer()
      const { etag } = await container.items.create({ id: 'a', tenantId: 't' })
      const accessCondition = { type: 'IfMatch', condition: etag }
      const replace = async () =>
        container.item('a', 't').replace({ id: 'a', tenantId: 't' }, { accessCondition })
      await answers(replace(), 200)
      await fails(replace(), 412)
    },
    'answers 200 to any etag where the condition is a star': async ({ makeContainer }) => {
      const container = await makeContainer()
      await container.items.create({ id: 'a', tenantId: 't' })
      const accessCondition = { type: 'IfMatch', condition: '*' }
      await answers(container.item('a', 't').replace({ id: 'a', tenantId: 't' }, { accessCondition }), 200)
    },
    'answers 400 to another id': async ({ makeContainer }) => {
      const container = await makeContainer()
      await container.items.create({ id: 'a', tenantId: 't' })
      await fails(container.item('a', 't').replace({ id: 'b', tenantId: 't' }), 400)
    },
    'answers 400/1001 to another partition key': async ({ makeContainer }) => {
      const container = await makeContainer()
      await container.items.create({ id: 'a', tenantId: 't' })
      await fails(container.item('a', 't').replace({ id: 'a', tenantId: 'u' }), 400, /doesn't match/, 1001)
    },
    'answers 413 to a document over 2 MB, and changes nothing': async ({ makeContainer }) => {
      const container = await makeContainer()
      const { etag } = await container.items.create({ id: 'a', tenantId: 't' })
      const large = { id: 'a', tenantId: 't', fill: 'x'.repeat(largestBytes) }
      await fails(container.item('a', 't').replace(large), 413)
      assert.equal((await container.item('a', 't').read()).etag, etag)
    },
  }),
  ...faithful('item.delete', {
    'answers 204 without a body, and then 404': async ({ makeContainer }) => {
      const container = await makeContainer()
      await container.items.create({ id: 'a', tenantId: 't' })
      const { resource } = await answers(container.item('a', 't').delete(), 204)
      assert.equal(resource, null)
      await fails(container.item('a', 't').delete(), 404)
    },
    'answers 412 where the etag is another': async ({ makeContainer }) => {
      const container = await makeContainer()
      await container.items.create({ id: 'a', tenantId: 't' })
      const accessCondition = { type: 'IfMatch', condition: '"other"' }
      await fails(container.item('a', 't').delete({ accessCondition }), 412)
      await answers(container.item('a', 't').read(), 200)
    },
    'leaves the id free, for a document with a new resource id': async ({ makeContainer }) => {
      const container = await makeContainer()
      const before = await container.items.create({ id: 'a', tenantId: 't' })
      await container.item('a', 't').delete()
      const after = await answers(container.items.create({ id: 'a', tenantId: 't' }), 201)
      assert.notEqual(after.resource?._rid, before.resource?._rid)
    },
    'deletes in its own logical partition alone': async ({ makeContainer }) => {
      const container = await makeContainer()
      for (const tenantId of ['t', 'u']) await container.items.create({ id: 'a', tenantId })
      await container.item('a', 't').delete()
      await answers(container.item('a', 'u').read(), 200)
    },
  }),
  ...faithful('items.list', {
    'gives all documents, with their count': async ({ makeContainer, send }) => {
      const container = await makeContainer()
      for (const id of ['a', 'b']) await container.items.create({ id, tenantId: id })
      const { json, headers } = await send('GET', `${pathOf(container)}/docs`)
      const { Documents: documents, _count: count } = json as { Documents: { id: string }[]; _count: number }
      assert.deepEqual(documents.map(({ id }) => id).toSorted(), ['a', 'b'])
      assert.deepEqual([count, headers['x-ms-item-count']], [2, '2'])
    },
    'goes page by page, and on from a continuation': async ({ makeContainer }) => {
      const { items } = await makeContainer()
      for (let n = 0; n < 5; n += 1) await items.create({ id: `${n}`, tenantId: 't' })
      const first = await items.readAll({ maxItemCount: 2 }).fetchNext()
      assert.equal(first.resources.length, 2)
      const rest = await items
        .readAll({ maxItemCount: 10, continuationToken: first.continuationToken } as never)
        .fetchNext()
      assert.equal(rest.resources.length, 3)
    },
    'is confined to a partition key where one is given': async ({ makeContainer, send }) => {
      const container = await makeContainer()
      for (const id of ['a', 'b']) await container.items.create({ id, tenantId: id })
      const headers = { 'x-ms-documentdb-partitionkey': '["b"]' }
      const { json } = await send('GET', `${pathOf(container)}/docs`, { headers })
      assert.equal((json as { _count: number })._count, 1)
    },
    'answers 400 to a page size that is none': async ({ makeContainer, send }) => {
      const path = `${pathOf(await makeContainer())}/docs`
      for (const size of ['0', '-2', 'x', '1.5'])
        isAnswer(await send('GET', path, { headers: { 'x-ms-max-item-count': size } }), 400, /page size/)
    },
  }),
]
