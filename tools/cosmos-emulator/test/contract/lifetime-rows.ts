import assert from 'node:assert/strict'

import { answers, fails, isAnswer } from './assertions.ts'
import { pathOf } from './contract-context.ts'
import { faithful } from './contract-row.ts'
import type { ContractRow } from './contract-row.ts'

const uniqueKeyPolicy = { uniqueKeys: [{ paths: ['/email'] }, { paths: ['/first', '/last'] }] }

/** Rules of containers that bind every write of a document: time to live and unique keys. */
export const lifetimeRows: ContractRow[] = [
  ...faithful('items.create', {
    'lets a document live as long as its container says': async ({ advanceSeconds, makeContainer }) => {
      const container = await makeContainer({ defaultTtl: 10 })
      await container.items.create({ id: 'a', tenantId: 't' })
      advanceSeconds(9)
      assert.equal((await container.item('a', 't').read()).statusCode, 200)
      advanceSeconds(2)
      assert.equal((await container.item('a', 't').read()).statusCode, 404)
    },
    'lets a document live as long as it says itself': async ({ advanceSeconds, makeContainer }) => {
      const container = await makeContainer({ defaultTtl: -1 })
      await container.items.create({ id: 'a', tenantId: 't', ttl: 5 })
      await container.items.create({ id: 'b', tenantId: 't' })
      advanceSeconds(6)
      assert.deepEqual((await container.items.query('SELECT VALUE c.id FROM c').fetchAll()).resources, ['b'])
    },
    'lets a document of -1 live for ever': async ({ advanceSeconds, makeContainer }) => {
      const container = await makeContainer({ defaultTtl: 5 })
      await container.items.create({ id: 'a', tenantId: 't', ttl: -1 })
      advanceSeconds(100)
      await answers(container.item('a', 't').read(), 200)
    },
    'does not mind the ttl of a document where its container has none': async ({
      advanceSeconds,
      makeContainer,
    }) => {
      const container = await makeContainer()
      await container.items.create({ id: 'a', tenantId: 't', ttl: 5 })
      advanceSeconds(100)
      await answers(container.item('a', 't').read(), 200)
    },
    'answers 400 to a ttl of zero, null, text or a fraction': async ({ makeContainer, send }) => {
      const path = `${pathOf(await makeContainer({ defaultTtl: -1 }))}/docs`
      const headers = { 'x-ms-documentdb-partitionkey': '["t"]' }
      for (const ttl of ['0', 'null', '"5"', '1.5', '-2', '-10', '2147483648', 'true', '[]']) {
        const body = `{"id":"a","tenantId":"t","ttl":${ttl}}`
        isAnswer(await send('POST', path, { headers, body }), 400, /ttl/)
      }
    },
    'takes the greatest ttl': async ({ makeContainer }) => {
      const { items } = await makeContainer({ defaultTtl: -1 })
      await answers(items.create({ id: 'a', tenantId: 't', ttl: 2 ** 31 - 1 }), 201)
    },
    'takes the id and the unique keys of an expired document': async ({ advanceSeconds, makeContainer }) => {
      const { items } = await makeContainer({ defaultTtl: 5, uniqueKeyPolicy })
      const document = { id: 'a', tenantId: 't', email: 'e', first: 'f', last: 'l' }
      await items.create(document)
      advanceSeconds(6)
      await answers(items.create({ ...document, id: 'b' }), 201)
    },
    'answers 409 where a unique key is taken': async ({ makeContainer }) => {
      const { items } = await makeContainer({ uniqueKeyPolicy })
      await items.create({ id: 'a', tenantId: 't', email: 'e', first: '1', last: '1' })
      await fails(
        items.create({ id: 'b', tenantId: 't', email: 'e', first: '2', last: '2' }),
        409,
        /Unique index constraint violation/,
      )
    },
    'holds a unique key within one logical partition': async ({ makeContainer }) => {
      const { items } = await makeContainer({ uniqueKeyPolicy })
      for (const tenantId of ['t', 'u']) await answers(items.create({ id: 'a', tenantId, email: 'e' }), 201)
    },
    'takes several paths as one key': async ({ makeContainer }) => {
      const { items } = await makeContainer({ uniqueKeyPolicy })
      await items.create({ id: 'a', tenantId: 't', email: '1', first: 'x', last: 'y' })
      await answers(items.create({ id: 'b', tenantId: 't', email: '2', first: 'x', last: 'z' }), 201)
      await fails(items.create({ id: 'c', tenantId: 't', email: '3', first: 'x', last: 'y' }), 409)
    },
    'takes a missing unique key as null: one document may go without': async ({ makeContainer }) => {
      const { items } = await makeContainer({ uniqueKeyPolicy: { uniqueKeys: [{ paths: ['/email'] }] } })
      await answers(items.create({ id: 'a', tenantId: 't' }), 201)
      await fails(items.create({ id: 'b', tenantId: 't', email: null }), 409)
      await fails(items.create({ id: 'c', tenantId: 't' }), 409)
    },
    'tells unique values of different types apart': async ({ makeContainer }) => {
      const { items } = await makeContainer({ uniqueKeyPolicy: { uniqueKeys: [{ paths: ['/email'] }] } })
      for (const [id, email] of Object.entries({ a: 1, b: '1', c: true, d: 'true' }))
        await answers(items.create({ id, tenantId: 't', email }), 201)
    },
    'tells unique values apart by the case of their letters': async ({ makeContainer }) => {
      const { items } = await makeContainer({ uniqueKeyPolicy: { uniqueKeys: [{ paths: ['/email'] }] } })
      await answers(items.create({ id: 'a', tenantId: 't', email: 'E' }), 201)
      await answers(items.create({ id: 'b', tenantId: 't', email: 'e' }), 201)
    },
  }),
  ...faithful('item.replace', {
    'starts the time to live anew': async ({ advanceSeconds, makeContainer }) => {
      const container = await makeContainer({ defaultTtl: 10 })
      await container.items.create({ id: 'a', tenantId: 't' })
      advanceSeconds(8)
      await container.item('a', 't').replace({ id: 'a', tenantId: 't' })
      advanceSeconds(8)
      assert.equal((await container.item('a', 't').read()).statusCode, 200)
    },
    'answers 404 to an expired document': async ({ advanceSeconds, makeContainer }) => {
      const container = await makeContainer({ defaultTtl: 5 })
      await container.items.create({ id: 'a', tenantId: 't' })
      advanceSeconds(6)
      await fails(container.item('a', 't').replace({ id: 'a', tenantId: 't' }), 404)
    },
    'answers 409 where it takes the unique key of another document': async ({ makeContainer }) => {
      const container = await makeContainer({ uniqueKeyPolicy })
      await container.items.create({ id: 'a', tenantId: 't', email: '1', first: '1' })
      await container.items.create({ id: 'b', tenantId: 't', email: '2', first: '2' })
      const taking = { id: 'b', tenantId: 't', email: '1', first: '2' }
      await fails(container.item('b', 't').replace(taking), 409)
      assert.equal((await container.item('b', 't').read()).resource.email, '2')
    },
    'keeps its own unique key, and frees one that it gives up': async ({ makeContainer }) => {
      const container = await makeContainer({ uniqueKeyPolicy })
      await container.items.create({ id: 'a', tenantId: 't', email: '1', first: '1' })
      await answers(container.item('a', 't').replace({ id: 'a', tenantId: 't', email: '1', first: '1' }), 200)
      await answers(container.item('a', 't').replace({ id: 'a', tenantId: 't', email: '9', first: '9' }), 200)
      await answers(container.items.create({ id: 'b', tenantId: 't', email: '1', first: '1' }), 201)
    },
  }),
  ...faithful('item.delete', {
    'frees the unique keys of the document': async ({ makeContainer }) => {
      const container = await makeContainer({ uniqueKeyPolicy })
      await container.items.create({ id: 'a', tenantId: 't', email: '1' })
      await container.item('a', 't').delete()
      await answers(container.items.create({ id: 'b', tenantId: 't', email: '1' }), 201)
    },
    'answers 404 to an expired document': async ({ advanceSeconds, makeContainer }) => {
      const container = await makeContainer({ defaultTtl: 5 })
      await container.items.create({ id: 'a', tenantId: 't' })
      advanceSeconds(6)
      await fails(container.item('a', 't').delete(), 404)
    },
  }),
  ...faithful('item.patch', {
    'answers 409 where it takes the unique key of another document': async ({ makeContainer }) => {
      const container = await makeContainer({ uniqueKeyPolicy })
      await container.items.create({ id: 'a', tenantId: 't', email: '1', first: '1' })
      await container.items.create({ id: 'b', tenantId: 't', email: '2', first: '2' })
      await fails(container.item('b', 't').patch([{ op: 'set', path: '/email', value: '1' }]), 409)
    },
    'sets a time to live': async ({ advanceSeconds, makeContainer }) => {
      const container = await makeContainer({ defaultTtl: -1 })
      await container.items.create({ id: 'a', tenantId: 't' })
      await answers(container.item('a', 't').patch([{ op: 'set', path: '/ttl', value: 5 }]), 200)
      advanceSeconds(6)
      assert.equal((await container.item('a', 't').read()).statusCode, 404)
    },
  }),
  ...faithful('items.upsert', {
    'creates anew what has expired': async ({ advanceSeconds, makeContainer }) => {
      const { items } = await makeContainer({ defaultTtl: 5 })
      const before = await items.upsert({ id: 'a', tenantId: 't' })
      advanceSeconds(6)
      const after = await answers(items.upsert({ id: 'a', tenantId: 't' }), 201)
      assert.notEqual(after.resource?._rid, before.resource?._rid)
    },
    'answers 409 where a unique key is taken': async ({ makeContainer }) => {
      const { items } = await makeContainer({ uniqueKeyPolicy })
      await items.upsert({ id: 'a', tenantId: 't', email: '1', first: '1' })
      await fails(items.upsert({ id: 'b', tenantId: 't', email: '1', first: '2' }), 409)
    },
  }),
]
