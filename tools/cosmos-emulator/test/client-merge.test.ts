import type { Container, FeedOptions } from '@azure/cosmos'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'

import { mergeQueries } from './merge-queries.ts'
import type { Comparison } from './merge-queries.ts'
import { openContainer } from './open-container.ts'
import type { OpenedContainer } from './open-container.ts'

const severalRanges = { throughput: 18_000 }
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

describe('a query over several partitions gives the rows that one partition gives', () => {
  it.each(cases)('$query', async ({ query, comparison }) => {
    const expected = comparable(await rowsOf(single.container, query), comparison)
    const [server, refused, forced] = await Promise.all([
      rowsOf(several.container, query),
      rowsOf(strict.container, query, { maxItemCount: 3 }),
      rowsOf(several.container, query, {
        forceQueryPlan: true,
        maxDegreeOfParallelism: 0,
        bufferItems: true,
      }),
    ])
    const ways = { server, refused, forced }
    for (const [way, rows] of Object.entries(ways))
      expect({ way, rows: comparable(rows, comparison) }).toEqual({ way, rows: expected })
  })
})
