import {
  ChangeFeedStartFrom,
  CosmosClient,
  EncryptionQueryBuilder,
  TriggerOperation,
  TriggerType,
} from '@azure/cosmos'
import type { FeedOptions, QueryIterator } from '@azure/cosmos'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'

import { openContainer } from './open-container.ts'
import type { OpenedContainer } from './open-container.ts'

const count = 5
const ids = Array.from({ length: count }, (_, index) => `x${index}`)
const everything = 'SELECT * FROM root r ORDER BY r.id'
const everyWrite = { triggerType: TriggerType.Pre, triggerOperation: TriggerOperation.All }
const named = {
  query: 'SELECT * FROM root r WHERE r.id = @id',
  parameters: [{ name: '@id', value: 'x2' }],
}

let opened: OpenedContainer

beforeAll(async () => {
  opened = await openContainer({ throughput: 12_000 })
  const { client, database, container } = opened
  const { user } = await database.users.create({ id: 'owner' })
  for (const id of ids) {
    await client.databases.create({ id })
    await database.containers.create({ id, partitionKey: '/p', throughput: 400 })
    await database.users.create({ id })
    await user.permissions.create({
      id,
      permissionMode: 'Read' as never,
      resource: database.container(id).url,
    })
    const { scripts } = container
    await scripts.storedProcedures.create({ id, body: 'function () {}' })
    await scripts.triggers.create({ id, body: 'function () {}', ...everyWrite })
    await scripts.userDefinedFunctions.create({ id, body: 'function () {}' })
    await container.items.create({ id, tenantId: id })
  }
})

afterAll(async () => opened[Symbol.asyncDispose]())

type Feed = (options?: FeedOptions) => QueryIterator<unknown>

/** The feeds of a client, each with the ids that it holds, whoever else is there. */
const feeds: Record<string, { list: () => Feed; query: () => (spec: never) => Feed }> = {
  databases: {
    list: () => (options) => opened.client.databases.readAll(options),
    query: () => (spec) => (options) => opened.client.databases.query(spec, options),
  },
  containers: {
    list: () => (options) => opened.database.containers.readAll(options),
    query: () => (spec) => (options) => opened.database.containers.query(spec, options),
  },
  users: {
    list: () => (options) => opened.database.users.readAll(options),
    query: () => (spec) => (options) => opened.database.users.query(spec, options),
  },
  permissions: {
    list: () => (options) => opened.database.user('owner').permissions.readAll(options),
    query: () => (spec) => (options) => opened.database.user('owner').permissions.query(spec, options),
  },
  'stored procedures': {
    list: () => (options) => opened.container.scripts.storedProcedures.readAll(options),
    query: () => (spec) => (options) => opened.container.scripts.storedProcedures.query(spec, options),
  },
  triggers: {
    list: () => (options) => opened.container.scripts.triggers.readAll(options),
    query: () => (spec) => (options) => opened.container.scripts.triggers.query(spec, options),
  },
  'user-defined functions': {
    list: () => (options) => opened.container.scripts.userDefinedFunctions.readAll(options),
    query: () => (spec) => (options) => opened.container.scripts.userDefinedFunctions.query(spec, options),
  },
  items: {
    list: () => (options) => opened.container.items.readAll(options),
    query: () => (spec) => (options) => opened.container.items.query(spec, options),
  },
}

/** Every option of a feed that changes nothing of its rows. */
const options: FeedOptions[] = [
  {},
  { maxItemCount: 1 },
  { maxItemCount: -1 },
  { maxItemCount: 10_000 },
  { maxDegreeOfParallelism: 0 },
  { maxDegreeOfParallelism: -1 },
  { maxDegreeOfParallelism: 7 },
  { bufferItems: true, maxItemCount: 2 },
  { populateQueryMetrics: true },
  { populateIndexMetrics: true },
  { enableScanInQuery: true },
  { continuationTokenLimitInKB: 1, maxItemCount: 2 },
  { continuationTokenLimitInKB: 64, maxItemCount: 2 },
  { forceQueryPlan: true, maxItemCount: 2 },
  { enableQueryControl: true },
  { vectorSearchBufferSize: 10 },
  { disableNonStreamingOrderByQuery: true },
  { allowUnboundedNonStreamingQueries: true },
  { disableHybridSearchQueryPlanOptimization: true },
  { consistencyLevel: 'Eventual' },
  { priorityLevel: 'Low' as never },
  { throughputBucket: 1 },
  { maxIntegratedCacheStalenessInMs: 1000 },
  { bypassIntegratedCache: true },
  { disableRUPerMinuteUsage: true },
  { excludedLocations: ['Elsewhere'] },
  { abortSignal: new AbortController().signal },
  { initialHeaders: { 'x-more': 'yes' } },
]

async function idsOf(iterator: QueryIterator<unknown>): Promise<string[]> {
  const found: string[] = []
  for await (const { resources } of iterator.getAsyncIterator())
    found.push(...(resources as { id: string }[]).map(({ id }) => id))
  return found.filter((id) => id.startsWith('x'))
}

describe.each(Object.entries(feeds))('the feed of %s', (_, { list, query }) => {
  it('is read whole with every option', async () => {
    for (const option of options)
      expect({ option, ids: (await idsOf(list()(option))).toSorted() }).toEqual({ option, ids })
  })

  it('is queried with every option', async () => {
    for (const option of options) {
      expect({ option, ids: await idsOf(query()(everything as never)(option)) }).toEqual({ option, ids })
      expect({ option, ids: await idsOf(query()(named as never)(option)) }).toEqual({ option, ids: ['x2'] })
    }
  })

  it('goes on from a continuation, one resource a page', async () => {
    for (const feed of [list(), query()(everything as never)]) {
      const found: string[] = []
      let continuationToken: string | undefined
      let pages = 0
      do {
        const iterator = feed({ maxItemCount: 1, ...(continuationToken ? { continuationToken } : {}) })
        const page = await iterator.fetchNext()
        found.push(...(page.resources as { id: string }[]).map(({ id }) => id))
        continuationToken = page.continuationToken
        pages += 1
      } while (continuationToken && pages < 20)

      expect(found.filter((id) => id.startsWith('x'))).toEqual(ids)
      expect(pages).toBe(found.length)
    }
  })

  it('refuses a query that is none, and a continuation that is none', async () => {
    await expect(query()('SELECT FROM' as never)({}).fetchAll()).rejects.toMatchObject({ code: 400 })
    for (const feed of [list(), query()(everything as never)])
      await expect(feed({ continuationToken: '%%%' }).fetchAll()).rejects.toMatchObject({ code: 400 })
  })
})

describe('what else a client reads by pages', () => {
  it('offers, by list and by the resource that has them', async () => {
    const { client, container } = opened
    const all = (await client.offers.readAll({ maxItemCount: 2 }).fetchAll()).resources
    const { resource } = await container.read()
    const spec = {
      query: 'SELECT * FROM root WHERE root.resource = @resource',
      parameters: [{ name: '@resource', value: String(resource?._self) }],
    }
    const own = (await client.offers.query(spec, { maxItemCount: 1 }).fetchAll()).resources as unknown[]

    expect(all).toHaveLength(count + 1)
    expect(own).toMatchObject([{ content: { offerThroughput: 12_000 } }])
  })

  it('conflicts: none, as there is one region', async () => {
    const { conflicts } = opened.container

    expect((await conflicts.readAll().fetchAll()).resources).toEqual([])
    expect((await conflicts.query('SELECT * FROM c').fetchAll()).resources).toEqual([])
  })

  it('key ranges and feed ranges', async () => {
    const { container } = opened
    const ranges = (await container.readPartitionKeyRanges({ maxItemCount: 1 }).fetchAll()).resources

    expect(ranges.map(({ minInclusive }) => minInclusive)[0]).toBe('')
    expect(ranges.at(-1)?.maxExclusive).toBe('FF')
    expect(await container.getFeedRanges()).toHaveLength(ranges.length)
  })

  it('a query plan', async () => {
    const { result } = await opened.container.getQueryPlan(named)

    expect(result?.queryInfo?.hasSelectValue).toBe(false)
  })

  it('a query with parameters that could have been encrypted', async () => {
    const [account] = opened.emulator.accounts
    const client = new CosmosClient({
      ...account,
      clientEncryptionOptions: { keyEncryptionKeyResolver: { encryptionKeyResolverName: 'none' } as never },
    })
    const { items } = client.database('media').container('things')
    const builder = new EncryptionQueryBuilder('SELECT * FROM c WHERE c.id = @id')
    builder.addUnencryptedParameter('@id', 'x3', '/id')
    const iterator = await items.getEncryptionQueryIterator(builder, { maxItemCount: 1 })

    expect((await iterator.fetchAll()).resources).toMatchObject([{ id: 'x3' }])
    client.dispose()
  })

  it('changes, by both of the older methods and by the newer one', async () => {
    const { items } = opened.container
    /* oxlint-disable typescript/no-deprecated -- clients of the older methods are answered too */
    const older = [
      items.readChangeFeed('x1', { startFromBeginning: true }),
      items.changeFeed('x1', { startTime: new Date(0), maxItemCount: 2 }),
      items.changeFeed('x1'),
    ]
    /* oxlint-enable typescript/no-deprecated */
    const found: number[] = []
    for (const iterator of older)
      for (let page = await iterator.fetchNext(); page.statusCode !== 304; page = await iterator.fetchNext())
        found.push(page.result.length)
    const newer = items.getChangeFeedIterator({
      changeFeedStartFrom: ChangeFeedStartFrom.Beginning(),
      maxItemCount: 2,
    })
    let changes = 0
    for (let quiet = 0; quiet < 2;) {
      const { result, statusCode } = await newer.readNext()
      quiet = statusCode === 304 ? quiet + 1 : 0
      changes += result?.length ?? 0
    }

    expect(found).toEqual([1, 1])
    expect(changes).toBe(count)
  })

  it('a query of one key, of one of several ranges, and of a key that nobody has', async () => {
    const { items } = opened.container
    const rowsOf = async (partitionKey: string): Promise<unknown[]> =>
      (await items.query('SELECT VALUE c.id FROM c', { partitionKey }).fetchAll()).resources as unknown[]

    expect(await rowsOf('x1')).toEqual(['x1'])
    expect(await rowsOf('nobody')).toEqual([])
    expect((await items.readAll({ partitionKey: 'x4' }).fetchAll()).resources).toMatchObject([{ id: 'x4' }])
  })
})
