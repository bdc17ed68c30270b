import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'

import type { FeedOptions, SqlParameter } from '@azure/cosmos'

import { openContainer, statusOf } from './open-container.ts'
import type { OpenedContainer } from './open-container.ts'

const texts = {
  fleet: 'Bikes, bikes and bikes: all the bikes',
  pair: 'A red mountain bike beside a blue bike',
  hike: 'Hiking in the mountains in red boots',
  swim: 'Swimming and running',
  long: 'A long report of rivers, lakes, birds, villages, weather, food, songs, games and one bike',
}

/** Five documents with texts and vectors, each in a partition of its own, and one with neither. */
async function filled(gatewayStrict: boolean): Promise<OpenedContainer> {
  const opened = await openContainer(
    {
      fullTextPolicy: {
        defaultLanguage: 'en-US',
        fullTextPaths: [{ path: '/text', language: 'en-US' }],
      },
      vectorEmbeddingPolicy: {
        vectorEmbeddings: [
          { path: '/vector', dataType: 'float32', dimensions: 2, distanceFunction: 'euclidean' },
        ],
      },
      indexingPolicy: {
        fullTextIndexes: [{ path: '/text' }],
        vectorIndexes: [{ path: '/vector', type: 'flat' }],
      },
    } as never,
    { partitionCount: 3, gatewayStrict },
  )
  for (const [at, [id, text]] of Object.entries(texts).entries())
    await opened.container.items.create({ id, tenantId: id, text, vector: [at, 0] })
  await opened.container.items.create({ id: 'bare', tenantId: 'bare' })
  return opened
}

let lenient: OpenedContainer
let strict: OpenedContainer

beforeAll(async () => {
  lenient = await filled(false)
  strict = await filled(true)
})

afterAll(async () => {
  await lenient[Symbol.asyncDispose]()
  await strict[Symbol.asyncDispose]()
})

/** The ids that a query finds, in order, by every way to run it: all must agree. */
async function ranked(query: string, parameters: SqlParameter[] = []): Promise<string[]> {
  const ways: [OpenedContainer, FeedOptions][] = [
    [lenient, {}],
    [lenient, { maxItemCount: 1 }],
    [lenient, { forceQueryPlan: true }],
    [lenient, { forceQueryPlan: true, disableHybridSearchQueryPlanOptimization: true, maxItemCount: 2 }],
    [strict, {}],
  ]
  const found = await Promise.all(
    ways.map(async ([{ container }, options]) => {
      const { resources } = await container.items
        .query<{ id: string }>({ query, parameters }, options)
        .fetchAll()
      return resources.map(({ id }) => id)
    }),
  )
  for (const other of found) expect(other).toEqual(found[0])
  return found[0] ?? []
}

const orderBy = (rank: string, cut = 'TOP 3'): string => `SELECT ${cut} c.id FROM c ORDER BY RANK ${rank}`

describe('ORDER BY RANK', () => {
  it('takes long texts and many phrases, and says so where rows are too large', async () => {
    await using opened = await openContainer()
    const { items } = opened.container
    const text = 'word '.repeat(390_000)
    for (const id of ['a', 'b', 'c', 'd']) await items.create({ id, tenantId: 't', text })
    const phrases = Array.from({ length: 29 }, (_, n) => `"word${n}"`).join(', ')
    const ranked = `FROM c ORDER BY RANK FullTextScore(c.text, "word", ${phrases})`
    const { resources } = await items.query(`SELECT TOP 1 c.id ${ranked}`).fetchAll()
    expect(resources).toEqual([{ id: 'a' }])
    const copies = Array.from({ length: 10 }, (_, n) => `c.text AS text${n}`).join(', ')
    const large = items.query(`SELECT TOP 1 ${copies} ${ranked}`).fetchAll()
    await expect(large).rejects.toThrow(/narrow it with WHERE/)
  })

  it('puts the text first that says the word most, for its length', async () => {
    expect(await ranked(orderBy('FullTextScore(c.text, "bike")'))).toEqual(['fleet', 'pair', 'long'])
    expect(
      await ranked(orderBy('FullTextScore(c.text, @word)', 'TOP 2'), [{ name: '@word', value: 'bike' }]),
    ).toEqual(['fleet', 'pair'])
  })

  it('counts a rare word more than a common one', async () => {
    expect(await ranked(orderBy('FullTextScore(c.text, "mountain", "boots")', 'TOP 2'))).toEqual([
      'hike',
      'pair',
    ])
    expect(await ranked(orderBy('FullTextScore(c.text, ["bike", "swimming"])', 'TOP 1'))).toEqual(['swim'])
  })

  it('ranks what WHERE leaves, and takes part of it', async () => {
    const where = 'WHERE FullTextContains(c.text, "red")'
    expect(
      await ranked(`SELECT TOP 9 c.id FROM c ${where} ORDER BY RANK FullTextScore(c.text, "bike")`),
    ).toEqual(['pair', 'hike'])
    expect(
      await ranked('SELECT c.id FROM c ORDER BY RANK FullTextScore(c.text, "bike") OFFSET 1 LIMIT 2'),
    ).toEqual(['pair', 'long'])
  })

  it('puts the ranks of several scores together, by their weights', async () => {
    const both = 'FullTextScore(c.text, "swimming"), VectorDistance(c.vector, [4, 0])'
    expect(await ranked(orderBy(`RRF(${both})`, 'TOP 2'))).toEqual(['swim', 'long'])
    expect(await ranked(orderBy(`RRF(${both}, [1, 100])`))).toEqual(['long', 'swim', 'hike'])
    expect(await ranked(orderBy(`RRF(${both}, @weights)`), [{ name: '@weights', value: [1, -100] }])).toEqual(
      ['bare', 'fleet', 'pair'],
    )
    expect(await ranked(orderBy('VectorDistance(c.vector, [4, 0])'))).toEqual(['long', 'swim', 'hike'])
  })

  it('gives whole documents and values too', async () => {
    const query = 'SELECT TOP 1 * FROM c ORDER BY RANK FullTextScore(c.text, "swimming")'
    for (const { container } of [lenient, strict])
      expect((await container.items.query(query).fetchAll()).resources).toEqual([
        expect.objectContaining({ id: 'swim', vector: [3, 0], _etag: expect.any(String) }),
      ])
  })

  it.each([
    ['SELECT FullTextScore(c.text, "x") FROM c', /only be used in 'ORDER BY RANK'/],
    ['SELECT * FROM c ORDER BY FullTextScore(c.text, "x")', /only be used in 'ORDER BY RANK'/],
    ['SELECT * FROM c ORDER BY RANK LOWER(c.x)', /can be ranked by/],
    ['SELECT * FROM c ORDER BY RANK FullTextScore(c.text, 5)', /must be texts/],
    ['SELECT * FROM c ORDER BY RANK FullTextScore(c, "x")', /path of a text/],
    [`SELECT * FROM c ORDER BY RANK FullTextScore(c.text${', "x"'.repeat(31)})`, /at most 30/],
    ['SELECT * FROM c ORDER BY RANK FullTextScore(c.text, "x") ASC', /'ASC' is not supported/],
    ['SELECT * FROM c ORDER BY RANK RRF(FullTextScore(c.text, "x"))', /two scoring functions/],
    [
      'SELECT * FROM c ORDER BY RANK RRF(FullTextScore(c.text, "x"), FullTextScore(c.text, "y"), [1])',
      /2 scores and 1 weights/,
    ],
    [
      'SELECT * FROM c ORDER BY RANK RRF(FullTextScore(c.text, "x"), FullTextScore(c.text, "y"), 1)',
      /array of numbers/,
    ],
    ['SELECT DISTINCT c.id FROM c ORDER BY RANK FullTextScore(c.text, "x")', /not supported with 'DISTINCT'/],
    ['SELECT COUNT(1) FROM c ORDER BY RANK FullTextScore(c.text, "x")', /aggregates/],
    ['SELECT NONE(1) FROM c ORDER BY RANK FullTextScore(c.text, "x")', /'NONE' is not a recognized/],
  ])('refuses %s', async (query, message) => {
    for (const options of [{}, { forceQueryPlan: true }]) {
      const asked = lenient.container.items.query(query, options).fetchAll()
      await expect(asked).rejects.toThrow(message)
      expect(await statusOf(asked as never)).toBe(400)
    }
  })
})
