import type { ChangeFeedIteratorOptions, ChangeFeedPolicy, Container } from '@azure/cosmos'
import { ChangeFeedMode, ChangeFeedStartFrom } from '@azure/cosmos'
import { describe, expect, it } from '@jest/globals'

import { hierarchicalKey, openContainer } from './open-container.ts'

interface Change {
  current?: { id: string; n?: number }
  metadata: Record<string, unknown> & { operationType: string; lsn: number }
}

const kept = { changeFeedPolicy: { retentionDuration: 5 } as ChangeFeedPolicy }
const mode = ChangeFeedMode.AllVersionsAndDeletes

/** Reads until nothing is left. */
async function readAll(
  container: Container,
  options: ChangeFeedIteratorOptions,
): Promise<{ changes: Change[]; continuation: string }> {
  const iterator = container.items.getChangeFeedIterator<Change>({ changeFeedMode: mode, ...options })
  const changes: Change[] = []
  for (;;) {
    const page = await iterator.readNext()
    changes.push(...page.result)
    if (page.statusCode === 304) return { changes, continuation: page.continuationToken }
  }
}

const startNow = async (
  container: Container,
  range?: Parameters<typeof ChangeFeedStartFrom.Now>[0],
): Promise<ChangeFeedIteratorOptions> => {
  const { continuation } = await readAll(container, { changeFeedStartFrom: ChangeFeedStartFrom.Now(range) })
  return { changeFeedStartFrom: ChangeFeedStartFrom.Continuation(continuation) }
}

const operations = (changes: Change[]): string[] => changes.map(({ metadata }) => metadata.operationType)

describe('the change feed of all versions and deletes', () => {
  it('tells each version and each delete, in order, with what the service says of them', async () => {
    await using opened = await openContainer(kept, { clock: () => 1_700_000_000_000 })
    const { container } = opened
    await container.items.create({ id: 'before', tenantId: 't' })
    const from = await startNow(container)
    await container.items.create({ id: 'a', tenantId: 't', n: 1 })
    await container.items.upsert({ id: 'a', tenantId: 't', n: 2 })
    await container.item('a', 't').patch([{ op: 'incr', path: '/n', value: 1 }])
    await container.item('a', 't').delete()

    const { changes, continuation } = await readAll(container, { ...from, maxItemCount: 3 })

    const [create, replace, patch, remove] = changes
    expect(operations(changes)).toEqual(['create', 'replace', 'replace', 'delete'])
    expect(changes.map(({ current }) => current?.n)).toEqual([1, 2, 3, undefined])
    expect(create).toEqual({
      current: expect.objectContaining({ id: 'a', tenantId: 't', _ts: 1_700_000_000 }),
      metadata: { operationType: 'create', lsn: expect.any(Number), crts: 1_700_000_000 },
    })
    expect(replace?.metadata['previousImageLSN']).toBe(create?.metadata.lsn)
    expect(remove).toEqual({
      metadata: {
        operationType: 'delete',
        lsn: expect.any(Number),
        crts: 1_700_000_000,
        previousImageLSN: patch?.metadata.lsn,
        timeToLiveExpired: false,
        id: 'a',
        partitionKey: { tenantId: 't' },
      },
    })
    const again = await readAll(container, {
      changeFeedStartFrom: ChangeFeedStartFrom.Continuation(continuation),
    })
    expect(again.changes).toEqual([])
  })

  it('of all feed ranges together, and of a partition key, holds what belongs there', async () => {
    await using opened = await openContainer({ ...kept, throughput: 21_000 })
    const { container } = opened
    const ranges = await container.getFeedRanges()
    const starts = await Promise.all(ranges.map((range) => startNow(container, range)))
    const ofKey = await startNow(container, 'tenant-d3')
    const ids = Array.from({ length: 20 }, (_id, n) => `d${n}`)
    for (const id of ids) await container.items.create({ id, tenantId: `tenant-${id}` })
    for (const id of ids) await container.item(id, `tenant-${id}`).delete()

    const parts = await Promise.all(starts.map((from) => readAll(container, from)))

    expect(parts.every(({ changes }) => changes.length > 0)).toBe(true)
    const all = parts.flatMap(({ changes }) => changes)
    expect(all.map(({ current, metadata }) => String(current?.id ?? metadata['id'])).toSorted()).toEqual(
      [...ids, ...ids].toSorted(),
    )
    expect(operations((await readAll(container, ofKey)).changes)).toEqual(['create', 'delete'])
  })

  it('tells of every document of a partition that is deleted whole', async () => {
    await using opened = await openContainer({ ...kept, ...hierarchicalKey('/tenantId', '/jobId') })
    const { container } = opened
    const from = await startNow(container)
    for (const jobId of ['1', '2']) await container.items.create({ id: jobId, tenantId: 't', jobId })
    await container.deleteAllItemsForPartitionKey(['t'])

    const { changes } = await readAll(container, from)

    expect(changes.slice(2).map(({ metadata }) => metadata['partitionKey'])).toEqual([
      { tenantId: 't', jobId: '1' },
      { tenantId: 't', jobId: '2' },
    ])
  })

  it('tells of a document whose time to live is over that it expired', async () => {
    let now = 1_700_000_000_000
    await using opened = await openContainer({ ...kept, defaultTtl: -1 }, { clock: () => now })
    const { container } = opened
    const from = await startNow(container)
    await container.items.create({ id: 'a', tenantId: 't', ttl: 10 })
    now += 11_000
    // The id is free again; the document that had it is gone.
    await container.items.create({ id: 'a', tenantId: 't' })

    const { changes } = await readAll(container, from)

    expect(operations(changes)).toEqual(['create', 'delete', 'create'])
    expect(changes[1]?.metadata).toMatchObject({ id: 'a', timeToLiveExpired: true })
  })

  it('tells of it with the next read after the time has passed, where the clock is the test’s own', async () => {
    let now = 1_700_000_000_000
    await using opened = await openContainer({ ...kept, defaultTtl: 10 }, { clock: () => now })
    const { container } = opened
    const from = await startNow(container)
    for (const id of ['a', 'b', 'c']) await container.items.create({ id, tenantId: 't' })
    now += 9000
    expect(operations((await readAll(container, from)).changes)).toEqual(['create', 'create', 'create'])
    now += 1000

    const { changes } = await readAll(container, from)

    expect(changes.slice(3).map(({ metadata }) => [metadata['id'], metadata['timeToLiveExpired']])).toEqual([
      ['a', true],
      ['b', true],
      ['c', true],
    ])
  })

  it('keeps nothing of a write that failed', async () => {
    await using opened = await openContainer(kept)
    const { container } = opened
    const from = await startNow(container)
    await container.items.create({ id: 'a', tenantId: 't' })
    await container.items
      .batch(
        [
          { operationType: 'Upsert', resourceBody: { id: 'b', tenantId: 't' } },
          { operationType: 'Create', resourceBody: { id: 'a', tenantId: 't' } },
        ],
        't',
      )
      .catch(() => {})

    expect((await readAll(container, from)).changes.map(({ current }) => current?.id)).toEqual(['a'])
  })

  it('is not to be read from before what is kept', async () => {
    let now = 1_700_000_000_000
    await using opened = await openContainer(kept, { clock: () => now })
    const { container } = opened
    const from = await startNow(container)
    await container.items.create({ id: 'a', tenantId: 't' })
    const behind = await startNow(container)
    now += 6 * 60_000
    await container.items.create({ id: 'b', tenantId: 't' })

    const refusal = { code: 400, message: expect.stringContaining('within the retention period') }
    for (const changeFeedStartFrom of [
      from.changeFeedStartFrom,
      ChangeFeedStartFrom.Beginning(),
      ChangeFeedStartFrom.Time(new Date(now)),
    ])
      await expect(
        readAll(container, { changeFeedStartFrom } as ChangeFeedIteratorOptions),
      ).rejects.toMatchObject(refusal)
    expect((await readAll(container, behind)).changes.map(({ current }) => current?.id)).toEqual(['b'])
  })

  it('needs a policy on the container, which may come later', async () => {
    await using opened = await openContainer()
    const { container } = opened
    const now = { changeFeedStartFrom: ChangeFeedStartFrom.Now() }
    await expect(readAll(container, now)).rejects.toMatchObject({
      code: 400,
      message: expect.stringContaining('changeFeedPolicy'),
    })
    const { resource } = await container.read()
    if (!resource) throw new Error('no definition')
    await container.replace({ ...resource, ...kept })
    const from = await startNow(container)
    await container.items.create({ id: 'a', tenantId: 't' })
    expect((await readAll(container, from)).changes).toHaveLength(1)

    const wrong = { retentionDuration: -1 } as ChangeFeedPolicy
    await expect(container.replace({ ...resource, changeFeedPolicy: wrong })).rejects.toMatchObject({
      code: 400,
    })
  })
})
