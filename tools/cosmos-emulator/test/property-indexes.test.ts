import type { Container, FeedResponse } from '@azure/cosmos'
import { describe, expect, it } from '@jest/globals'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'

import { startCosmosEmulator } from '../src/index.ts'
import { clientOf, openContainer } from './open-container.ts'

const eager = { queries: { manyCandidates: 5, wishesForIndex: 1 } }
const rareOnes = {
  query: "SELECT VALUE c.id FROM c WHERE c.kind = 'rare'",
  ids: ['i0', 'i20'],
}

async function fill(container: Container): Promise<void> {
  const items = Array.from({ length: 40 }, (_, n) => ({
    id: `i${n}`,
    tenantId: 't',
    kind: n % 20 === 0 ? 'rare' : 'usual',
    n: (n * 7) % 40,
  }))
  for (const item of items) await container.items.create(item)
}

/** The first page of a query within one partition, and how many documents were read for it. */
async function ask(container: Container, query: string): Promise<{ ids: unknown[]; retrievedCount: number }> {
  const page: FeedResponse<unknown> = await container.items
    .query(query, { partitionKey: 't', populateQueryMetrics: true, maxItemCount: 2 })
    .fetchNext()
  // The client has made an object of it, by partition, whatever its types say.
  const metrics = page.queryMetrics as unknown as Record<string, { retrievedDocumentCount: number }>
  return { ids: page.resources, retrievedCount: Number(metrics['0']?.retrievedDocumentCount) }
}

/** Asks until the index is built that the first asking has made. */
async function askIndexed(container: Container, query: string): Promise<Awaited<ReturnType<typeof ask>>> {
  for (let turn = 0; turn < 200; turn += 1) {
    const answer = await ask(container, query)
    if (answer.retrievedCount < 40) return answer
    await nextTurn()
  }
  throw new Error(`No index was made for ${query}.`)
}

describe('an index', () => {
  it('is made when queries pass over many documents, and gives the same documents', async () => {
    await using opened = await openContainer({}, eager)
    await fill(opened.container)

    const scanned = await ask(opened.container, rareOnes.query)
    const indexed = await askIndexed(opened.container, rareOnes.query)

    expect(scanned).toEqual({ ids: rareOnes.ids, retrievedCount: 40 })
    expect(indexed).toEqual({ ids: rareOnes.ids, retrievedCount: 2 })
  })

  it('follows every kind of write', async () => {
    await using opened = await openContainer({}, eager)
    const { container } = opened
    await fill(container)
    await askIndexed(container, rareOnes.query)

    await container.item('i0', 't').delete()
    await container.item('i20', 't').patch([{ op: 'set', path: '/kind', value: 'usual' }])
    await container.item('i7', 't').replace({ id: 'i7', tenantId: 't', kind: 'rare' })
    await container.items.batch(
      [{ operationType: 'Upsert', resourceBody: { id: 'i9', tenantId: 't', kind: 'rare' } }],
      't',
    )
    const refused = await container.items.batch(
      [
        { operationType: 'Upsert', resourceBody: { id: 'i8', tenantId: 't', kind: 'rare' } },
        { operationType: 'Delete', id: 'missing' },
      ],
      't',
    )

    expect(refused.code).toBe(207)
    expect(await ask(container, rareOnes.query)).toEqual({ ids: ['i7', 'i9'], retrievedCount: 2 })
    await container.deleteAllItemsForPartitionKey('t')
    expect(await ask(container, rareOnes.query)).toEqual({ ids: [], retrievedCount: 0 })
  })

  it('is still there after a restart, and is built to its end when the stop came first', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'cosmos-'))
    {
      await using opened = await openContainer({}, { ...eager, dataDirectory: folder.path })
      await fill(opened.container)
      await ask(opened.container, rareOnes.query)
    }
    await using emulator = await startCosmosEmulator({ dataDirectory: folder.path })
    const client = clientOf(emulator)

    const indexed = await askIndexed(client.database('media').container('things'), rareOnes.query)

    expect(indexed).toEqual({ ids: rareOnes.ids, retrievedCount: 2 })
    client.dispose()
  })

  it('is never made for what the policy excludes, and dropped when it is excluded later', async () => {
    await using opened = await openContainer({}, eager)
    const { container } = opened
    await fill(container)
    await askIndexed(container, rareOnes.query)
    const { resource } = await container.read()

    await container.replace({
      ...resource,
      id: 'things',
      indexingPolicy: { includedPaths: [{ path: '/*' }], excludedPaths: [{ path: '/kind/?' }] },
    })
    for (let time = 0; time < 3; time += 1)
      expect(await ask(container, rareOnes.query)).toEqual({ ids: rareOnes.ids, retrievedCount: 40 })
  })

  it('is there from the start where the policy names it, and gives sorted pages in order', async () => {
    const order = 'SELECT VALUE c.n FROM c ORDER BY c.kind, c.n DESC'
    await using opened = await openContainer({
      indexingPolicy: {
        compositeIndexes: [
          [
            { path: '/kind', order: 'ascending' },
            { path: '/n', order: 'descending' },
          ],
        ],
      },
    })
    await fill(opened.container)

    const page = await ask(opened.container, order)
    const all = await opened.container.items.query(order, { maxItemCount: 3 }).fetchAll()

    // The first batch holds more than the page.
    expect(page).toEqual({ ids: [20, 0], retrievedCount: 32 })
    expect(all.resources).toEqual([
      20,
      0,
      ...Array.from({ length: 40 }, (_, n) => 39 - n).filter((n) => n % 20 !== 0),
    ])
  })
})

describe('a count whose condition an index tells', () => {
  it('reads no document', async () => {
    const query = "SELECT VALUE COUNT(1) FROM c WHERE c.tenantId = 't' AND c.kind IN ('rare', 'other')"
    await using opened = await openContainer({
      indexingPolicy: { includedPaths: [{ path: '/kind/?' }, { path: '/*' }] },
    })
    await fill(opened.container)

    expect(await ask(opened.container, query)).toEqual({ ids: [2], retrievedCount: 0 })
  })
})

describe('index metrics', () => {
  it('tell which indexes of the policy a query uses, and which would serve it', async () => {
    await using opened = await openContainer({
      indexingPolicy: { includedPaths: [{ path: '/*' }], excludedPaths: [{ path: '/hidden/?' }] },
    })
    const query = "SELECT * FROM c WHERE c.kind = 'a' AND c.n > 2 AND c.hidden = 1"

    const page = await opened.container.items.query(query, { populateIndexMetrics: true }).fetchNext()

    const score = { IndexImpactScore: 'High' }
    expect(JSON.parse(page.indexMetrics)).toEqual({
      UtilizedIndexes: {
        SingleIndexes: [
          { IndexSpec: '/kind/?', ...score },
          { IndexSpec: '/n/?', ...score },
        ],
        CompositeIndexes: [],
      },
      PotentialIndexes: {
        SingleIndexes: [{ IndexSpec: '/hidden/?', ...score }],
        CompositeIndexes: [{ IndexSpecs: ['/kind ASC', '/hidden ASC', '/n ASC'], ...score }],
      },
    })
  })
})

describe('a long query', () => {
  it('ends its page when the time is over, and goes on with the next', async () => {
    await using opened = await openContainer({}, { queries: { longestPageMs: 0, indexing: 'off' } })
    await fill(opened.container)
    const iterator = opened.container.items.query("SELECT VALUE c.id FROM c WHERE c.id = 'i39' OR c.n = -1", {
      partitionKey: 't',
    })

    const pages: unknown[][] = []
    while (iterator.hasMoreResults()) pages.push((await iterator.fetchNext()).resources)

    expect(pages.flat()).toEqual(['i39'])
    expect(pages.length).toBeGreaterThan(1)
    expect(pages[0]).toEqual([])
  })

  it('lets others be answered meanwhile', async () => {
    await using opened = await openContainer()
    const { container } = opened
    const list = Array.from({ length: 200 }, (_, n) => n)
    for (let n = 0; n < 40; n += 1) await container.items.create({ id: `i${n}`, tenantId: 't', list })
    const ended: string[] = []

    const long = container.items
      .query('SELECT VALUE COUNT(1) FROM c JOIN a IN c.list JOIN b IN c.list WHERE a != b')
      .fetchAll()
      .then(({ resources }) => {
        ended.push('query')
        return resources
      })
    await container.item('i1', 't').read()
    ended.push('read')

    expect(await long).toEqual([40 * 200 * 199])
    expect(ended).toEqual(['read', 'query'])
  })
})
