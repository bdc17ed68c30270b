import assert from 'node:assert/strict'

import type { ContainerRequest } from '@azure/cosmos'

import { answers, fails, holds, isAnswer } from './assertions.ts'
import type { ContractContext } from './contract-context.ts'
import { pathOf } from './contract-context.ts'
import { differs, faithful } from './contract-row.ts'
import type { ContractRow } from './contract-row.ts'

const key = { paths: ['/tenantId'], kind: 'Hash', version: 2 }

/** Tries to make a container of a definition that no client would send. */
async function refuses({ makeDatabase, send }: ContractContext, ...bodies: object[]): Promise<void> {
  const { id } = await makeDatabase()
  for (const body of bodies) {
    const sent = JSON.stringify({ id: 'c', partitionKey: key, ...body })
    isAnswer(await send('POST', `/dbs/${id}/colls`, { body: sent }), 400)
  }
}

/** Containers: their feed, their making, reading, replacement and deletion. */
export const containerRows: ContractRow[] = [
  ...faithful('containers.create', {
    'answers 201 with the system properties and the default policies': async ({ makeDatabase }) => {
      const { containers } = await makeDatabase()
      const { resource, etag } = await answers(containers.create({ id: 'c', partitionKey: '/a' }), 201)
      holds(resource, {
        id: 'c',
        _etag: etag,
        _docs: 'docs/',
        _sprocs: 'sprocs/',
        _triggers: 'triggers/',
        _udfs: 'udfs/',
        _conflicts: 'conflicts/',
        indexingPolicy: {
          indexingMode: 'consistent',
          automatic: true,
          includedPaths: [{ path: '/*' }],
          excludedPaths: [{ path: '/"_etag"/?' }],
        },
        conflictResolutionPolicy: {
          mode: 'LastWriterWins',
          conflictResolutionPath: '/_ts',
          conflictResolutionProcedure: '',
        },
        geospatialConfig: { type: 'Geography' },
      })
      assert.equal(Buffer.from(String(resource?._rid), 'base64').length, 8)
    },
    'answers 404 where there is no such database': async ({ client }) => {
      await fails(client.database('none').containers.create({ id: 'c' }), 404)
    },
    'answers 409 where the name is taken, of its own database alone': async ({ makeDatabase }) => {
      const [one, two] = [await makeDatabase(), await makeDatabase()]
      await answers(one.containers.create({ id: 'c' }), 201)
      await answers(two.containers.create({ id: 'c' }), 201)
      await fails(one.containers.create({ id: 'c' }), 409, /already exists/)
    },
    'takes a name of 255 characters and answers 400 to 256': async ({ makeDatabase, send }) => {
      const { id } = await makeDatabase()
      const body = (length: number): string => JSON.stringify({ id: 'n'.repeat(length), partitionKey: key })
      isAnswer(await send('POST', `/dbs/${id}/colls`, { body: body(255) }), 201)
      isAnswer(await send('POST', `/dbs/${id}/colls`, { body: body(256) }), 400, /255/)
    },
    'answers 400 to a name with a forbidden character or without any': async (context) =>
      refuses(context, { id: 'a/b' }, { id: 'a\\b' }, { id: 'a?' }, { id: 'a#' }, { id: '' }, { id: 7 }),
    'takes a hierarchical key of up to three levels, and answers 400 to four': async (context) => {
      const { containers } = await context.makeDatabase()
      const hierarchical = (...paths: string[]): ContainerRequest => ({
        id: `levels-${paths.length}`,
        partitionKey: { paths, kind: 'MultiHash' as never, version: 2 },
      })
      const { resource } = await answers(containers.create(hierarchical('/a', '/b', '/c')), 201)
      assert.deepEqual(resource?.partitionKey?.paths, ['/a', '/b', '/c'])
      await refuses(context, { partitionKey: { paths: ['/a', '/b', '/c', '/d'], kind: 'MultiHash' } })
    },
    'answers 400 to several key paths of the kind Hash': async (context) =>
      refuses(
        context,
        { partitionKey: { paths: ['/a', '/b'], kind: 'Hash' } },
        { partitionKey: { paths: ['/a', '/b'] } },
      ),
    'answers 400 to key paths that are none': async (context) =>
      refuses(
        context,
        { partitionKey: { paths: [] } },
        { partitionKey: { paths: ['a'] } },
        { partitionKey: { paths: ['/'] } },
        { partitionKey: { paths: [1] } },
        { partitionKey: 'a' },
        { partitionKey: { paths: '/a' } },
      ),
    'answers 400 to a default time to live that is none': async (context) =>
      refuses(context, ...[0, -2, 1.5, '60', true, 2 ** 31].map((defaultTtl) => ({ defaultTtl }))),
    'takes a default time to live of -1 and of the greatest': async ({ makeContainer }) => {
      for (const defaultTtl of [-1, 1, 2 ** 31 - 1])
        holds((await (await makeContainer({ defaultTtl })).read()).resource, { defaultTtl })
    },
    'answers 400 to an indexing mode that is none': async (context) =>
      refuses(context, { indexingPolicy: { indexingMode: 'sometimes' } }),
    'keeps an indexing policy with composite and spatial indexes': async ({ makeContainer }) => {
      const indexingPolicy = {
        indexingMode: 'consistent' as const,
        automatic: true,
        includedPaths: [{ path: '/a/?' }],
        excludedPaths: [{ path: '/*' }, { path: '/"_etag"/?' }],
        compositeIndexes: [
          [
            { path: '/a', order: 'ascending' as const },
            { path: '/b', order: 'descending' as const },
          ],
        ],
      }
      const container = await makeContainer({ indexingPolicy })
      assert.deepEqual((await container.read()).resource?.indexingPolicy, indexingPolicy)
    },
    'keeps unique keys, each of several paths': async ({ makeContainer }) => {
      const uniqueKeyPolicy = { uniqueKeys: [{ paths: ['/a', '/b'] }, { paths: ['/c'] }] }
      const container = await makeContainer({ uniqueKeyPolicy })
      assert.deepEqual((await container.read()).resource?.uniqueKeyPolicy, uniqueKeyPolicy)
    },
    'answers 400 to unique keys without paths': async (context) =>
      refuses(
        context,
        { uniqueKeyPolicy: { uniqueKeys: [{ paths: [] }] } },
        { uniqueKeyPolicy: { uniqueKeys: [{ paths: ['a'] }] } },
        { uniqueKeyPolicy: { uniqueKeys: ['/a'] } },
      ),
    'answers 400 to more than 10 unique keys or 16 paths in one': async (context) => {
      const paths = (count: number): string[] => Array.from({ length: count }, (_, at) => `/p${at}`)
      await refuses(
        context,
        { uniqueKeyPolicy: { uniqueKeys: paths(11).map((path) => ({ paths: [path] })) } },
        { uniqueKeyPolicy: { uniqueKeys: [{ paths: paths(17) }] } },
      )
    },
    'keeps computed properties': async ({ makeContainer }) => {
      const computedProperties = [{ name: 'low', query: 'SELECT VALUE LOWER(c.name) FROM c' }]
      const container = await makeContainer({ computedProperties })
      assert.deepEqual((await container.read()).resource?.computedProperties, computedProperties)
    },
    'keeps a policy of conflicts': async ({ makeContainer }) => {
      const conflictResolutionPolicy = { mode: 'Custom' as const, conflictResolutionProcedure: '' }
      const { resource } = await (await makeContainer({ conflictResolutionPolicy })).read()
      holds(resource?.conflictResolutionPolicy, { mode: 'Custom' })
    },
    'keeps a retention of the change feed, and answers 400 to one that is none': async (context) => {
      const changeFeedPolicy = { retentionDuration: 10 }
      const { resource } = await (await context.makeContainer({ changeFeedPolicy } as never)).read()
      holds(resource, { changeFeedPolicy })
      await refuses(
        context,
        { changeFeedPolicy: { retentionDuration: -1 } },
        { changeFeedPolicy: { retentionDuration: 'long' } },
      )
    },
    'has an offer of 400 unless told otherwise': async ({ makeContainer }) => {
      const offer = (await (await makeContainer()).readOffer()).resource
      assert.equal(offer?.content?.offerThroughput, 400)
    },
    'shares the offer of its database where that has one': async ({ client }) => {
      const { database } = await client.databases.create({ id: 'sharing', throughput: 800 })
      const { container } = await database.containers.create({ id: 'c' })
      assert.equal((await container.readOffer()).resource, undefined)
    },
    'answers 400 to a throughput that is none': async ({ makeDatabase, send }) => {
      const { id } = await makeDatabase()
      for (const throughput of ['0', '100', '410', 'x'])
        isAnswer(
          await send('POST', `/dbs/${id}/colls`, {
            headers: { 'x-ms-offer-throughput': throughput },
            body: JSON.stringify({ id: 'c', partitionKey: key }),
          }),
          400,
          /throughput/i,
        )
    },
    'answers 400 to a throughput beside an autoscale maximum': async ({ makeDatabase, send }) => {
      const { id } = await makeDatabase()
      isAnswer(
        await send('POST', `/dbs/${id}/colls`, {
          headers: {
            'x-ms-offer-throughput': '400',
            'x-ms-cosmos-offer-autopilot-settings': '{"maxThroughput":1000}',
          },
          body: JSON.stringify({ id: 'c', partitionKey: key }),
        }),
        400,
      )
    },
  }),
  differs(
    'containers.create',
    'takes a body without a partition key as one of /_partitionKey',
    'the service demands a key; every SDK sends this one by itself',
    async ({ makeDatabase, send }) => {
      const { id } = await makeDatabase()
      const { json } = await send('POST', `/dbs/${id}/colls`, { body: '{"id":"c"}' })
      assert.deepEqual((json as { partitionKey: { paths: string[] } }).partitionKey.paths, ['/_partitionKey'])
    },
  ),
  ...faithful('containers.list', {
    'gives all of a database, with their count': async ({ makeDatabase, send }) => {
      const { id, containers } = await makeDatabase()
      for (const name of ['a', 'b']) await containers.create({ id: name })
      const { json, headers } = await send('GET', `/dbs/${id}/colls`)
      const feed = json as { DocumentCollections: { id: string }[]; _count: number }
      assert.deepEqual(
        feed.DocumentCollections.map((container) => container.id),
        ['a', 'b'],
      )
      assert.deepEqual([feed._count, headers['x-ms-item-count']], [2, '2'])
    },
    'goes page by page where the client wishes so': async ({ makeDatabase }) => {
      const { containers } = await makeDatabase()
      for (const name of ['a', 'b', 'c']) await containers.create({ id: name })
      const pages = containers.readAll({ maxItemCount: 2 })
      const lengths: number[] = []
      while (pages.hasMoreResults()) lengths.push((await pages.fetchNext()).resources.length)
      assert.deepEqual(lengths, [2, 1])
    },
    'answers 404 where there is no such database': async ({ client }) => {
      await fails(client.database('none').containers.readAll().fetchAll(), 404)
    },
  }),
  ...faithful('containers.query', {
    'filters by name': async ({ makeDatabase }) => {
      const { containers } = await makeDatabase()
      for (const name of ['a', 'b']) await containers.create({ id: name })
      const found = await containers
        .query({ query: 'SELECT VALUE r.id FROM root r WHERE r.id = "b"' })
        .fetchAll()
      assert.deepEqual(found.resources, ['b'])
    },
    'answers 400 to a query that is none': async ({ makeDatabase }) => {
      const { containers } = await makeDatabase()
      await fails(containers.query({ query: 'nonsense' }).fetchAll(), 400)
    },
  }),
  ...faithful('container.read', {
    'answers 200 with the etag of its making': async ({ makeDatabase }) => {
      const { containers } = await makeDatabase()
      const made = await containers.create({ id: 'c', partitionKey: '/a' })
      const { resource, etag } = await answers(made.container.read(), 200)
      assert.equal(etag, made.etag)
      holds(resource, { _rid: made.resource?._rid, _self: made.resource?._self })
    },
    'answers 404 where there is none, also of a database that is none': async ({ client, makeDatabase }) => {
      await fails((await makeDatabase()).container('none').read(), 404, /Not Found/)
      await fails(client.database('none').container('none').read(), 404)
    },
    'answers 304 without a body where the etag is the same': async ({ makeContainer, send }) => {
      const container = await makeContainer()
      const etag = String((await container.read()).etag)
      const { status, text } = await send('GET', pathOf(container), { headers: { 'if-none-match': etag } })
      assert.deepEqual([status, text], [304, ''])
    },
    'tells quota and usage where asked': async ({ makeContainer, send }) => {
      const container = await makeContainer()
      await container.items.create({ id: 'a', tenantId: 't' })
      const { headers } = await send('GET', pathOf(container), {
        headers: { 'x-ms-documentdb-populatequotainfo': 'true' },
      })
      assert.match(String(headers['x-ms-resource-quota']), /documentsCount=-1/)
      assert.match(String(headers['x-ms-resource-usage']), /documentsCount=1/)
    },
    'is found by resource ids': async ({ makeContainer, send }) => {
      const container = await makeContainer()
      const { resource } = await container.read()
      const { _self: self, _rid: rid } = resource as never as { _self: string; _rid: string }
      const { json } = await send('GET', `/${self}`, { signs: { type: 'colls', link: rid.toLowerCase() } })
      holds(json, { id: container.id })
    },
  }),
  ...faithful('container.replace', {
    'answers 200 with a new etag, and stores the policy': async ({ makeContainer }) => {
      const container = await makeContainer()
      const before = await container.read()
      const wanted = { ...before.resource, defaultTtl: 60 } as never
      const { resource, etag } = await answers(container.replace(wanted), 200)
      assert.notEqual(etag, before.etag)
      holds(resource, { defaultTtl: 60, _rid: before.resource?._rid })
      holds((await container.read()).resource, { defaultTtl: 60 })
    },
    'removes a default time to live that is left out': async ({ makeContainer }) => {
      const container = await makeContainer({ defaultTtl: 5 })
      const { id, partitionKey } = (await container.read()).resource ?? {}
      await container.replace({ id, partitionKey } as never)
      assert.equal((await container.read()).resource?.defaultTtl, undefined)
    },
    'answers 400 to another name, partition key or unique keys': async ({ makeContainer, send }) => {
      const container = await makeContainer({ uniqueKeyPolicy: { uniqueKeys: [{ paths: ['/a'] }] } })
      const { resource } = await container.read()
      for (const change of [
        { id: 'other' },
        { partitionKey: { paths: ['/other'], kind: 'Hash' } },
        { uniqueKeyPolicy: { uniqueKeys: [{ paths: ['/b'] }] } },
      ])
        isAnswer(
          await send('PUT', pathOf(container), { body: JSON.stringify({ ...resource, ...change }) }),
          400,
        )
    },
    'answers 412 where the etag is another, and changes nothing': async ({ makeContainer, send }) => {
      const container = await makeContainer()
      const { resource, etag } = await container.read()
      isAnswer(
        await send('PUT', pathOf(container), {
          headers: { 'if-match': '"other"' },
          body: JSON.stringify({ ...resource, defaultTtl: 9 }),
        }),
        412,
      )
      assert.equal((await container.read()).etag, etag)
    },
    'answers 404 where there is none': async ({ makeDatabase }) => {
      const container = (await makeDatabase()).container('none')
      await fails(container.replace({ id: 'none', partitionKey: key } as never), 404)
    },
    'makes the documents that are there expire by a new default': async (context) => {
      const container = await context.makeContainer()
      await container.items.create({ id: 'a', tenantId: 't' })
      const { resource } = await container.read()
      await container.replace({ ...resource, defaultTtl: 10 } as never)
      context.advanceSeconds(11)
      assert.equal((await container.item('a', 't').read()).statusCode, 404)
    },
  }),
  ...faithful('container.delete', {
    'answers 204 without a body, and then 404': async ({ makeContainer }) => {
      const container = await makeContainer()
      await answers(container.delete(), 204)
      await fails(container.read(), 404)
      await fails(container.delete(), 404)
    },
    'takes its documents and its offer with it': async ({ client, makeContainer }) => {
      const container = await makeContainer()
      const { resource } = await container.read()
      await container.items.create({ id: 'a', tenantId: 't' })
      await container.delete()
      const again = await container.database.containers.create({ id: container.id })
      assert.deepEqual((await again.container.items.readAll().fetchAll()).resources, [])
      assert.notEqual(again.resource?._rid, resource?._rid)
      const offers = (await client.offers.readAll().fetchAll()).resources
      assert.ok(!offers.some(({ offerResourceId }) => offerResourceId === resource?._rid))
    },
    'answers 412 where the etag is another': async ({ makeContainer, send }) => {
      const path = pathOf(await makeContainer())
      isAnswer(await send('DELETE', path, { headers: { 'if-match': '"other"' } }), 412)
      isAnswer(await send('GET', path), 200)
    },
  }),
]
