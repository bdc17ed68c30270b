import type { Container, PartitionKey } from '@azure/cosmos'
import { ChangeFeedMode, ChangeFeedStartFrom } from '@azure/cosmos'
import { describe, expect, it } from '@jest/globals'

import { hierarchicalKey, openContainer } from './open-container.ts'
import { sendSigned } from './signed-request.ts'

const target = { database: 'media', container: 'things' }
const parts = [undefined, null, '', 'a', 'é', 0, -1.5, true, false]
const combinations = parts.flatMap((tenantId, at) =>
  parts.map((jobId, index) => ({ id: `d${at}-${index}`, tenantId, jobId })),
)

const idsOf = async (container: Container, partitionKey: unknown): Promise<string[]> => {
  const { resources } = await container.items
    .query<string>('SELECT VALUE c.id FROM c', { partitionKey: partitionKey as PartitionKey })
    .fetchAll()
  return resources.toSorted()
}

const wireOf = (key: unknown[]): string => JSON.stringify(key.map((part) => (part === undefined ? {} : part)))

describe('hierarchical partition keys', () => {
  it('hold every kind of part apart: for reads, prefix queries and feeds over several ranges, and deletes', async () => {
    await using opened = await openContainer(hierarchicalKey('/tenantId', '/jobId'))
    const { container, emulator } = opened
    await Promise.all(combinations.map(async (document) => container.items.create(document)))
    // Some ranges begin within one tenant.
    for (const at of [['a', 'a'], ['', null], [0]]) await emulator.splitPartition({ ...target, at })
    for (let split = 0; split < 3; split += 1) await emulator.splitPartition(target)

    for (const { id, tenantId, jobId } of combinations)
      expect((await container.item(id, [tenantId, jobId] as never).read()).resource).toMatchObject({ id })
    for (const [index, tenantId] of parts.entries()) {
      const wanted = parts.map((_, job) => `d${index}-${job}`).toSorted()
      expect([tenantId, await idsOf(container, [tenantId])]).toEqual([tenantId, wanted])
      const feed = container.items.getChangeFeedIterator<{ id: string }>({
        changeFeedStartFrom: ChangeFeedStartFrom.Beginning([tenantId] as never),
      })
      const seen: string[] = []
      for (let page = await feed.readNext(); page.statusCode !== 304; page = await feed.readNext())
        seen.push(...page.result.map(({ id }) => id))
      expect([tenantId, seen.toSorted()]).toEqual([tenantId, wanted])
    }
    for (const tenantId of ['', null, 0]) {
      const headers = { 'x-ms-documentdb-partitionkey': wireOf([tenantId]) }
      const signs = { type: 'colls', link: 'dbs/media/colls/things' }
      const { status } = await sendSigned(
        emulator.accounts[0]!,
        'POST',
        '/dbs/media/colls/things/operations/partitionkeydelete',
        { headers, signs },
      )
      expect(status).toBe(200)
    }
    const left = combinations.filter(({ tenantId }) => tenantId !== '' && tenantId !== null && tenantId !== 0)
    expect(
      (await container.items.query<string>('SELECT VALUE c.id FROM c').fetchAll()).resources.toSorted(),
    ).toEqual(left.map(({ id }) => id).toSorted())
  })
})

describe('a container without a partition key', () => {
  it('takes documents by an empty key', async () => {
    await using opened = await openContainer()
    const { emulator, database } = opened
    const [account] = emulator.accounts
    const path = '/dbs/media/colls'
    const made = await sendSigned(account!, 'POST', path, { body: '{"id":"old"}' })
    expect(made.json).toMatchObject({ partitionKey: { paths: ['/_partitionKey'], systemKey: true } })
    const container = database.container('old')

    await container.items.create({ id: 'a', n: 1 })
    await container.items.upsert({ id: 'a', n: 2 })
    await container.item('a').patch([{ op: 'incr', path: '/n', value: 1 }])
    await container.items.batch([{ operationType: 'Create', resourceBody: { id: 'b' } }], [] as never)

    expect((await container.item('a').read()).resource).toMatchObject({ n: 3 })
    expect((await container.items.query<string>('SELECT VALUE c.id FROM c').fetchAll()).resources).toEqual([
      'a',
      'b',
    ])
    const raw = await sendSigned(account!, 'GET', `${path}/old/docs/b`, {
      headers: { 'x-ms-documentdb-partitionkey': '[]' },
    })
    expect(raw.status).toBe(200)
    expect((await container.item('a').delete()).statusCode).toBe(204)
  })
})

describe('the deletion of a large partition', () => {
  it('spares what is written meanwhile, and tells of each document', async () => {
    await using opened = await openContainer({ changeFeedPolicy: { retentionDuration: 10 } as never })
    const { container } = opened
    const ids = Array.from({ length: 900 }, (_, n) => `d${n}`)
    for (let at = 0; at < ids.length; at += 100)
      await container.items.batch(
        ids
          .slice(at, at + 100)
          .map((id) => ({ operationType: 'Create', resourceBody: { id, tenantId: 't' } })),
        't',
      )
    const feed = container.items.getChangeFeedIterator<{ metadata: { operationType: string; id?: string } }>({
      changeFeedMode: ChangeFeedMode.AllVersionsAndDeletes,
      changeFeedStartFrom: ChangeFeedStartFrom.Now('t'),
      maxItemCount: 1000,
    })
    await feed.readNext()

    const deletion = container.deleteAllItemsForPartitionKey('t')
    const written: string[] = []
    let isDone = false
    const others = (async () => {
      while (!isDone) {
        const id = `new-${written.length}`
        await container.items.upsert({ id, tenantId: 't' })
        written.push(id)
      }
    })()
    await deletion.finally(() => (isDone = true))
    await others

    const { resources } = await container.items
      .query<string>('SELECT VALUE c.id FROM c', { partitionKey: 't' })
      .fetchAll()
    expect(resources.toSorted()).toEqual(written.toSorted())
    const { result } = await feed.readNext()
    const deleted = result
      .filter(({ metadata }) => metadata.operationType === 'delete')
      .map(({ metadata }) => metadata.id)
    expect(new Set(deleted).isSupersetOf(new Set(ids))).toBe(true)
    expect(new Set(deleted).size).toBe(deleted.length)
  })
})
