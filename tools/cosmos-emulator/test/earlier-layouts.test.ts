import { readFileSync, writeFileSync } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

import { ChangeFeedMode, ChangeFeedStartFrom } from '@azure/cosmos'
import { describe, expect, it } from '@jest/globals'

import { startCosmosEmulator } from '../src/index.ts'
import { clientOf, statusOf } from './open-container.ts'

const madeAtMs = Date.UTC(2026, 10, 26)

/** The data file as the first emulator that had layout 1 wrote it, with 21 orders and 2 events. */
const layout1 = gunzipSync(readFileSync(join(import.meta.dirname, 'fixtures', 'layout-1.sqlite.gz')))

describe('a data file of layout 1, as first written', () => {
  it('is read and written on, with its keys, offers, times to live and versions', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'cosmos-layout-'))
    writeFileSync(join(folder.path, 'primary.sqlite'), layout1)
    let now = madeAtMs
    await using emulator = await startCosmosEmulator({ dataDirectory: folder.path, clock: () => now })
    const client = clientOf(emulator)
    const orders = client.database('shop').container('orders')
    const events = client.database('shop').container('events')

    const { resources } = await orders.items
      .query('SELECT VALUE SUM(o.total) FROM orders o WHERE o.customer = "ada"')
      .fetchAll()
    expect(resources).toEqual([1000])
    expect((await orders.readOffer()).resource?.content?.offerThroughput).toBe(12_000)
    expect((await orders.getFeedRanges()).length).toBe(2)
    const order = { customer: 'ada', year: 2026, number: 99 }
    expect(await statusOf(orders.items.create({ id: 'new', ...order }))).toBe(409)
    now += 61_000
    expect(await statusOf(orders.items.create({ id: 'new', ...order }))).toBe(201)

    expect((await events.items.query('SELECT VALUE e.n FROM e').fetchAll()).resources).toEqual([2])
    const feed = events.items.getChangeFeedIterator({
      changeFeedMode: ChangeFeedMode.AllVersionsAndDeletes,
      changeFeedStartFrom: ChangeFeedStartFrom.Now(),
    })
    const { continuationToken } = await feed.readNext()
    await events.item('e1', 't').delete()
    const next = events.items.getChangeFeedIterator({
      changeFeedMode: ChangeFeedMode.AllVersionsAndDeletes,
      changeFeedStartFrom: ChangeFeedStartFrom.Continuation(continuationToken),
    })
    expect((await next.readNext()).result).toMatchObject([{ metadata: { operationType: 'delete' } }])
    client.dispose()
    await emulator.close()
    // An emulator of layout 1 would not keep what is new in it up to date: it must see that the file is not its own.
    expect(readFileSync(join(folder.path, 'primary.sqlite')).readUInt32BE(60)).toBeGreaterThan(1)
  })
})
