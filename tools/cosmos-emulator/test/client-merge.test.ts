import type { Container, FeedOptions } from '@azure/cosmos'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'

import type { CosmosEmulator } from '../src/index.ts'
import { mergeQueries } from './merge-queries.ts'
import type { Comparison } from './merge-queries.ts'
import { clientOf, openContainer } from './open-container.ts'
import type { OpenedContainer } from './open-container.ts'

const severalRanges = { throughput: 12_000 }
const definition = {
  indexingPolicy: {
    includedPaths: [{ path: '/*' }],
    compositeIndexes: [
      [{ path: '/number' }, { path: '/rank' }],
      [{ path: '/word' }, { path: '/rank', order: 'descending' }],
    ],
  } as never,
}

const documents = Array.from({ length: 60 }, (_, index) => ({
  id: `d${String((index * 37) % 60).padStart(2, '0')}`,
  tenantId: `t${index % 11}`,
  rank: (index * 17) % 60,
  number: 1 + (index % 7),
  word: ['wind', 'water', "it's", 'Wood', 'w"x\\y'][index % 5],
  flag: index % 3 === 0,
  tags: ['red', 'green', 'blue'].slice(index % 4),
  nested: { deep: (index * 7) % 60, kind: index % 2 === 0 ? 'even' : 'odd' },
  ...(index % 4 === 0 ? { maybe: 1 + (index % 8) } : {}),
  ...(index === 30 ? { rare: 'one' } : {}),
}))

let single: OpenedContainer
let several: OpenedContainer
let strict: OpenedContainer

beforeAll(async () => {
  single = await openContainer(definition)
  several = await openContainer({ ...definition, ...severalRanges })
  strict = await openContainer({ ...definition, ...severalRanges }, { gatewayStrict: true })
  for (const { container } of [single, several, strict])
    await Promise.all(documents.map((document) => container.items.create(document)))
})

afterAll(async () => {
  for (const opened of [single, several, strict]) await opened[Symbol.asyncDispose]()
})

const cases = Object.entries(mergeQueries).flatMap(([comparison, queries]) =>
  queries.map((query) => ({ comparison: comparison as Comparison, query })),
)

async function rowsOf({ items }: Container, query: string, options: FeedOptions = {}): Promise<unknown[]> {
  return (await items.query(query, options).fetchAll()).resources
}

/** By its continuation tokens this client repeats rows of an ordered DISTINCT, and loses rows of an ORDER BY of two keys. */
function canResume(query: string): boolean {
  const [select = '', order] = query.split(' ORDER BY ')
  return order === undefined || !(select.includes('DISTINCT') || order.includes(','))
}

/** The rows page by page, each page asked by a client of its own where the query has continuation tokens. */
async function resumedRowsOf(emulator: CosmosEmulator, query: string): Promise<unknown[]> {
  const rows: unknown[] = []
  let continuationToken: string | undefined
  let hasMore = true
  while (hasMore) {
    const client = clientOf(emulator)
    const options = { enableQueryControl: true, maxItemCount: 17 }
    const { items } = client.database('media').container('things')
    const iterator = items.query(query, continuationToken ? { ...options, continuationToken } : options)
    do {
      const page = await iterator.fetchNext()
      rows.push(...(page.resources ?? []))
      continuationToken = page.continuationToken
      hasMore = iterator.hasMoreResults()
    } while (hasMore && !continuationToken)
    client.dispose()
  }
  return rows
}

/** Rows without what differs from container to container. */
function comparable(rows: readonly unknown[], comparison: Comparison): unknown {
  if (comparison === 'count') return rows.length
  const texts = rows.map((row) =>
    JSON.stringify(row, (key, value: unknown) => (key.startsWith('_') ? undefined : sorted(value))),
  )
  return comparison === 'sequence' ? texts : texts.toSorted()
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

type Way = 'server' | 'refused' | 'forced' | 'resumed'

/** How a query over several partitions can be answered. */
const ways: Record<Way, (query: string) => Promise<unknown[]>> = {
  server: async (query) => rowsOf(several.container, query),
  refused: async (query) => rowsOf(strict.container, query, { maxItemCount: 13 }),
  forced: async (query) =>
    rowsOf(several.container, query, { forceQueryPlan: true, maxDegreeOfParallelism: 0, bufferItems: true }),
  resumed: async (query) => resumedRowsOf(strict.emulator, query),
}

async function expectSameRows(query: string, comparison: Comparison, among: readonly Way[]): Promise<void> {
  const expected = comparable(await rowsOf(single.container, query), comparison)
  const possible = among.filter((way) => way !== 'resumed' || canResume(query))
  await Promise.all(
    possible.map(async (way) => {
      const rows = comparable(await ways[way](query), comparison)
      expect({ query, way, rows }).toEqual({ query, way, rows: expected })
    }),
  )
}

const where = fc
  .array(
    fc.constantFrom(
      'c.number > 3',
      'c.number IN (1, 2, 7)',
      'c.flag',
      'NOT c.flag',
      'IS_DEFINED(c.maybe)',
      "c.word != 'wind'",
      "c.tenantId IN ('t1', 't2', 't6')",
      "(c.tenantId = 't4' OR c.tenantId = 't5')",
      'ARRAY_CONTAINS(c.tags, "blue")',
    ),
    { maxLength: 3 },
  )
  .map((terms) => (terms.length === 0 ? '' : ` WHERE ${terms.join(' AND ')}`))
const cut = fc.oneof(
  fc.constant(''),
  fc.tuple(fc.nat(12), fc.nat(12)).map(([offset, limit]) => ` OFFSET ${offset} LIMIT ${limit}`),
)
const aggregate = fc
  .tuple(
    fc.constantFrom('COUNT', 'SUM', 'AVG', 'MIN', 'MAX'),
    fc.constantFrom('c.number', 'c.rank', 'c.maybe', 'c.nested.deep'),
  )
  .map(([name, argument]) => `${name}(${argument})`)
const ordered = fc
  .tuple(
    fc.constantFrom('*', 'c.id', 'VALUE c.id', 'VALUE c.maybe', 'c.word, c.rank', 'VALUE [c.id, c.number]'),
    where,
    fc.constantFrom('c.rank', 'c.rank DESC', 'c.id', 'c.nested.deep DESC', 'c.number, c.rank'),
    cut,
  )
  .map(([select, filter, order, page]) => `SELECT ${select} FROM c${filter} ORDER BY ${order}${page}`)
const unordered = fc.oneof(
  fc.tuple(aggregate, where).map(([value, filter]) => `SELECT VALUE ${value} FROM c${filter}`),
  fc
    .tuple(fc.constantFrom('c.word', 'c.number', 'c.flag', 'c.maybe'), aggregate, aggregate, where)
    .map(
      ([key, one, other, filter]) =>
        `SELECT ${key}, ${one} AS one, ${other} AS other FROM c${filter} GROUP BY ${key}`,
    ),
  fc
    .tuple(fc.constantFrom('c.word', 'c.number, c.flag', 'VALUE c.word', 'VALUE c.tags'), where)
    .map(([select, filter]) => `SELECT DISTINCT ${select} FROM c${filter}`),
)

const everyWay: readonly Way[] = ['server', 'refused', 'forced', 'resumed']

describe('a query over several partitions gives the rows that one partition gives', () => {
  it.each(cases)('$query', async ({ query, comparison }) =>
    expectSameRows(query, comparison, ['server', 'refused']),
  )

  it('whatever it asks for in order', async () => {
    await fc.assert(
      fc.asyncProperty(ordered, async (query) => expectSameRows(query, 'sequence', everyWay)),
      { numRuns: 25 },
    )
  })

  it('whatever it groups, counts or tells apart', async () => {
    await fc.assert(
      fc.asyncProperty(unordered, async (query) => expectSameRows(query, 'rows', everyWay)),
      { numRuns: 25 },
    )
  })
})

describe('clients of themselves, over any partitions,', () => {
  it('drop zero, false, null and the empty text from DISTINCT VALUE', async () => {
    const query = 'SELECT DISTINCT VALUE c.flag FROM c'

    expect(await rowsOf(several.container, query)).toHaveLength(2)
    expect(await rowsOf(strict.container, query)).toEqual([true])
  })

  it('refuse to sort by values of several types', async () => {
    const query = 'SELECT VALUE c.mixed FROM c ORDER BY c.mixed'
    for (const { container } of [several, strict])
      for (const [index, mixed] of [1, 'a', true].entries())
        await container.items.create({ id: `mixed${index}`, tenantId: `t${index * 3}`, mixed })

    expect(await rowsOf(several.container, query)).toEqual([true, 1, 'a'])
    await expect(rowsOf(strict.container, query)).rejects.toThrow(/mixed types/)
  })
})
