import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'

import { openContext, pathOf } from './contract/contract-context.ts'
import type { ContractContext } from './contract/contract-context.ts'
import type { RawAnswer } from './signed-request.ts'

// A client that merges the answers of several partitions goes on with an ordered query by telling each of them, beside the query,
// what the last row was sorted by.

interface ResumeFilter {
  value: unknown[]
  rid?: string
  exclude: boolean
}

interface SortedRow {
  _rid: string
  orderByItems: { item?: unknown }[]
  payload: string
}

const kinds = [undefined, null, false, true, -1, 2, 2, 2, 'a', 'b', 'b', undefined, 2]

describe('an ordered query that goes on behind a row', () => {
  let context: ContractContext
  let path: string
  beforeAll(async () => {
    context = await openContext()
    const container = await context.makeContainer({
      indexingPolicy: {
        includedPaths: [{ path: '/*' }, { path: '/kind/?' }],
        compositeIndexes: [
          [
            { path: '/kind', order: 'ascending' },
            { path: '/parity', order: 'descending' },
          ],
        ],
      },
    })
    path = `${pathOf(container)}/docs`
    for (const [at, kind] of kinds.entries())
      await container.items.create({ id: `${at}`, tenantId: 't', parity: at % 2, kind })
  })
  afterAll(async () => context[Symbol.asyncDispose]())

  async function send(
    query: string,
    resumeFilter?: unknown,
    headers: Record<string, string> = {},
  ): Promise<RawAnswer> {
    return context.send('POST', path, {
      headers: { 'content-type': 'application/query+json', 'x-ms-documentdb-isquery': 'True', ...headers },
      body: JSON.stringify({ query, ...(resumeFilter === undefined ? {} : { resumeFilter }) }),
    })
  }

  /** All rows, page by page; the filter goes with each of them. */
  async function rows(query: string, resumeFilter?: ResumeFilter, pageSize = 100): Promise<SortedRow[]> {
    const found: SortedRow[] = []
    for (let continuation: string | undefined = ''; continuation !== undefined;) {
      const answer: RawAnswer = await send(query, resumeFilter, {
        'x-ms-max-item-count': String(pageSize),
        ...(continuation === '' ? {} : { 'x-ms-continuation': continuation }),
      })
      expect(answer.status).toBe(200)
      found.push(...(answer.json as { Documents: SortedRow[] }).Documents)
      continuation = answer.headers['x-ms-continuation']
    }
    return found
  }

  const keysOf = ({ orderByItems }: SortedRow): unknown[] => orderByItems.map(({ item }) => item)
  /** A value that is not there is told by an empty array. */
  const toValue = (row: SortedRow): unknown[] => keysOf(row).map((key) => key ?? (key === null ? null : []))

  it.each([
    ['ascending', 'c.kind', '[{"item": c.kind}]', ''],
    ['descending', 'c.kind DESC', '[{"item": c.kind}]', ''],
    ['by two properties', 'c.kind ASC, c.parity DESC', '[{"item": c.kind}, {"item": c.parity}]', ''],
    ['without doubles', 'c.kind', '[{"item": c.kind}]', 'DISTINCT '],
  ])('%s', async (_, order, items, distinct) => {
    const query = `SELECT ${distinct}c._rid, ${items} AS orderByItems, c.id AS payload FROM c WHERE true ORDER BY ${order}`
    const all = await rows(query)
    expect(all).toHaveLength(kinds.length)

    for (const [at, row] of all.entries()) {
      const value = toValue(row)
      const isEqual = (other: SortedRow): boolean => JSON.stringify(toValue(other)) === JSON.stringify(value)
      const firstEqual = all.findIndex(isEqual)
      const lastEqual = all.findLastIndex(isEqual)
      const ids = (found: SortedRow[]): string[] => found.map(({ payload }) => payload)

      const fromRow = await rows(query, { value, rid: row._rid, exclude: false }, 3)
      const withEqual = await rows(query, { value, exclude: false })
      const behindEqual = await rows(query, { value, exclude: true }, 4)

      expect(ids(fromRow)).toEqual(ids(all.slice(at)))
      expect(ids(withEqual)).toEqual(ids(all.slice(firstEqual)))
      expect(ids(behindEqual)).toEqual(ids(all.slice(lastEqual + 1)))
    }
  })

  it.each([
    ['a filter that is no object', 'ORDER BY c.kind', 1, 400],
    ['no values', 'ORDER BY c.kind', { value: [], exclude: false }, 400],
    [
      'another number of values than of properties',
      'ORDER BY c.kind',
      { value: [1, 2], exclude: false },
      400,
    ],
    [
      'a document that is not of the container',
      'ORDER BY c.kind',
      { value: [1], rid: 'x', exclude: false },
      400,
    ],
    ['a query that is not ordered', '', { value: [1], exclude: false }, 400],
    [
      'the hash of an array',
      'ORDER BY c.kind',
      { value: [{ type: 'array', low: 1, high: 2 }], exclude: false },
      501,
    ],
  ])('is refused for %s', async (_, order, filter, status) => {
    const answer = await send(`SELECT c.id FROM c ${order}`, filter)

    expect(answer.status).toBe(status)
    expect(answer.text).toMatch(/resumeFilter|resume/)
  })
})
