import type { ChangeFeedIteratorOptions, Container } from '@azure/cosmos'
import { ChangeFeedStartFrom } from '@azure/cosmos'
import { describe, expect, it } from '@jest/globals'

import { hierarchicalKey, openContainer } from './open-container.ts'
import { sendSigned } from './signed-request.ts'

async function readAll(
  container: Container,
  options: ChangeFeedIteratorOptions,
): Promise<{ ids: string[]; continuation: string }> {
  const iterator = container.items.getChangeFeedIterator<{ id: string }>(options)
  const ids: string[] = []
  for (;;) {
    const page = await iterator.readNext()
    ids.push(...page.result.map(({ id }) => id))
    if (page.statusCode === 304) return { ids, continuation: page.continuationToken }
  }
}

describe('the change feed', () => {
  it('tells the latest version of each document, in the order of changes', async () => {
    await using opened = await openContainer()
    const { container } = opened
    for (const id of ['a', 'b', 'c', 'd']) await container.items.create({ id, tenantId: 't' })
    await container.items.upsert({ id: 'a', tenantId: 't', n: 2 })
    await container.item('c', 't').delete()

    const { ids } = await readAll(container, {
      changeFeedStartFrom: ChangeFeedStartFrom.Beginning(),
      maxItemCount: 2,
    })

    expect(ids).toEqual(['b', 'd', 'a'])
  })

  it('goes on from a continuation, and from now', async () => {
    await using opened = await openContainer()
    const { container } = opened
    await container.items.create({ id: 'a', tenantId: 't' })
    const first = await readAll(container, { changeFeedStartFrom: ChangeFeedStartFrom.Beginning() })
    const now = container.items.getChangeFeedIterator<{ id: string }>({
      changeFeedStartFrom: ChangeFeedStartFrom.Now(),
    })
    expect((await now.readNext()).statusCode).toBe(304)
    await container.items.create({ id: 'b', tenantId: 'u' })

    const next = await readAll(container, {
      changeFeedStartFrom: ChangeFeedStartFrom.Continuation(first.continuation),
    })

    expect(next.ids).toEqual(['b'])
    expect((await now.readNext()).result.map(({ id }) => id)).toEqual(['b'])
  })

  it('loses nothing when the newest document is deleted and the emulator has lost its head', async () => {
    await using opened = await openContainer()
    const { container } = opened
    await container.items.create({ id: 'a', tenantId: 't' })
    await container.items.create({ id: 'b', tenantId: 't' })
    const { continuation } = await readAll(container, {
      changeFeedStartFrom: ChangeFeedStartFrom.Beginning(),
    })
    await container.item('b', 't').delete()
    await container.items.create({ id: 'c', tenantId: 't' })

    const { ids } = await readAll(container, {
      changeFeedStartFrom: ChangeFeedStartFrom.Continuation(continuation),
    })

    expect(ids).toEqual(['c'])
  })

  it('starts from a time', async () => {
    let now = Date.UTC(2026, 0, 1)
    await using opened = await openContainer({}, { clock: () => now })
    const { container } = opened
    await container.items.create({ id: 'early', tenantId: 't' })
    now += 60_000
    await container.items.create({ id: 'late', tenantId: 't' })

    const { ids } = await readAll(container, {
      changeFeedStartFrom: ChangeFeedStartFrom.Time(new Date(now - 1000)),
    })

    expect(ids).toEqual(['late'])
  })

  it('of a partition key, and of a prefix of one, holds nothing else', async () => {
    await using opened = await openContainer(hierarchicalKey('/tenantId', '/jobId'))
    const { container } = opened
    for (const [tenantId, jobId] of [
      ['t', '1'],
      ['t', '2'],
      ['u', '1'],
      ['t2', '1'],
    ])
      await container.items.create({ id: `${tenantId}${jobId}`, tenantId, jobId })

    const whole = await readAll(container, { changeFeedStartFrom: ChangeFeedStartFrom.Beginning(['t', '2']) })
    const prefix = await readAll(container, { changeFeedStartFrom: ChangeFeedStartFrom.Beginning(['t']) })

    expect(whole.ids).toEqual(['t2'])
    expect(prefix.ids).toEqual(['t1', 't2'])
  })

  it('of all feed ranges together holds each document once', async () => {
    await using opened = await openContainer({ throughput: 21_000 })
    const { container } = opened
    const ids = Array.from({ length: 40 }, (_, index) => `d${index}`)
    for (const id of ids) await container.items.create({ id, tenantId: `tenant-${id}` })

    const ranges = await container.getFeedRanges()
    const found = await Promise.all(
      ranges.map((range) =>
        readAll(container, { changeFeedStartFrom: ChangeFeedStartFrom.Beginning(range) }),
      ),
    )

    expect(ranges).toHaveLength(4)
    expect(found.every((part) => part.ids.length > 0)).toBe(true)
    expect(found.flatMap((part) => part.ids).toSorted()).toEqual(ids.toSorted())
    const { ids: all } = await readAll(container, { changeFeedStartFrom: ChangeFeedStartFrom.Beginning() })
    expect(all.toSorted()).toEqual(ids.toSorted())
  })

  it('carries the log sequence number of each change', async () => {
    await using opened = await openContainer()
    const { container } = opened
    await container.items.create({ id: 'a', tenantId: 't' })
    await container.items.create({ id: 'b', tenantId: 't' })

    const { result } = await container.items
      .getChangeFeedIterator<{ _lsn: number }>({ changeFeedStartFrom: ChangeFeedStartFrom.Beginning() })
      .readNext()

    expect(result.map(({ _lsn }) => _lsn)).toEqual([1, 2])
  })

  it('is read by the older iterators of the client too', async () => {
    await using opened = await openContainer()
    const { container } = opened
    for (const [id, tenantId] of [
      ['a', 't'],
      ['b', 'u'],
      ['c', 't'],
    ] as const)
      await container.items.create({ id, tenantId })
    const idsOf = (rows: { id: string }[]): string[] => rows.map(({ id }) => id)

    // oxlint-disable typescript/no-deprecated -- these are in use as well
    const paged = container.items.readChangeFeed<{ id: string }>('t', {
      startFromBeginning: true,
      maxItemCount: 2,
    })
    const ofKey = container.items.changeFeed<{ id: string }>('t', { startFromBeginning: true })
    const later = container.items.changeFeed<{ id: string }>('t', {
      continuation: (await ofKey.fetchNext()).continuation,
    })
    await container.items.create({ id: 'd', tenantId: 't' })
    const [first, second] = [await paged.fetchNext(), await paged.fetchNext()]
    // oxlint-enable typescript/no-deprecated

    expect([idsOf(first.result), idsOf(second.result)]).toEqual([['a', 'c'], ['d']])
    expect(idsOf((await later.fetchNext()).result)).toEqual(['d'])
  })

  it('refuses a continuation that is ahead of the container: it is of another one', async () => {
    await using opened = await openContainer()
    const { container, database } = opened
    for (const id of ['a', 'b']) await container.items.create({ id, tenantId: 't' })
    const { continuation } = await readAll(container, {
      changeFeedStartFrom: ChangeFeedStartFrom.Beginning(),
    })
    await container.delete()
    await database.containers.create({ id: 'things', partitionKey: '/tenantId' })
    const changeFeedStartFrom = ChangeFeedStartFrom.Continuation(continuation)

    // The client compares the containers itself; a client that does not is told by the emulator.
    await expect(readAll(container, { changeFeedStartFrom })).rejects.toThrow('not for the current container')
    const { emulator } = opened
    const answer = await sendSigned(emulator.accounts[0]!, 'GET', '/dbs/media/colls/things/docs', {
      headers: { 'a-im': 'Incremental Feed', 'if-none-match': '"2"' },
    })
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('is ahead of the container')])
  })
})
