import { describe, expect, it } from '@jest/globals'

import { queryValues } from '../src/sql/query-values.ts'
import { parseQuery } from '../src/sql/syntax/parse-query.ts'
import { openContainer } from './open-container.ts'
import { randomOf } from './random.ts'
import type { Random } from './random.ts'

type Document = Record<string, unknown> & { id: string; tenantId: string; jobId: string }
type Predicate = { text: string; test: (document: Document) => boolean | undefined }

const values: unknown[] = [undefined, null, true, false, 0, 1, 2.5, -3, 'a', 'b', 'ab', '']
const operators = ['=', '!=', '<', '<=', '>', '>='] as const

function compare(operator: string, a: unknown, b: unknown): boolean | undefined {
  if (a === undefined || b === undefined) return undefined
  if (operator === '=') return a === b
  if (operator === '!=') return a !== b
  if (a === null && b === null) return operator.includes('=')
  if (typeof a !== typeof b || a === null || b === null) return undefined
  const [x, y] = [a as number, b as number]
  if (operator === '<') return x < y
  if (operator === '<=') return x <= y
  return operator === '>' ? x > y : x >= y
}

function predicate(random: Random, depth: number): Predicate {
  const kind = depth === 0 ? random.below(3) : random.below(6)
  if (kind >= 3) {
    const [left, right] = [predicate(random, depth - 1), predicate(random, depth - 1)]
    if (kind === 5)
      return {
        text: `NOT (${left.text})`,
        test: (document) => {
          const value = left.test(document)
          return value === undefined ? undefined : !value
        },
      }
    const isAnd = kind === 3
    return {
      text: `(${left.text}) ${isAnd ? 'AND' : 'OR'} (${right.text})`,
      test: (document) => {
        const [a, b] = [left.test(document), right.test(document)]
        if (a === !isAnd || b === !isAnd) return !isAnd
        return a === undefined || b === undefined ? undefined : isAnd
      },
    }
  }
  const field = random.pick(['x', 'y', 'tenantId', 'jobId', 'id'])
  if (kind === 2) return { text: `IS_DEFINED(c.${field})`, test: (document) => document[field] !== undefined }
  const operator = random.pick(operators)
  const constants: Record<string, unknown[]> = {
    id: ['i3', 'i20', 'i', 5],
    tenantId: ['t0', 't1', 7],
    jobId: ['j0', 'j1', null],
  }
  const pool = constants[field] ?? values
  const constant = random.pick(pool)
  const text = constant === undefined ? 'undefined' : JSON.stringify(constant)
  const isTurned = random.below(2) === 0
  return {
    text: isTurned ? `${text} ${operator} c.${field}` : `c.${field} ${operator} ${text}`,
    test: (document) =>
      isTurned ? compare(operator, constant, document[field]) : compare(operator, document[field], constant),
  }
}

describe('a random query', () => {
  it('finds what a naive evaluation of every document finds', async () => {
    const seed = Math.floor(Math.random() * 2 ** 31)
    const random = randomOf(seed)
    await using opened = await openContainer({
      partitionKey: { paths: ['/tenantId', '/jobId'], kind: 'MultiHash' as never, version: 2 },
    })
    const { container } = opened
    const documents = Array.from({ length: 40 }, (_, n): Document => {
      const [x, y] = [random.pick(values), random.pick(values)]
      return {
        id: `i${n}`,
        tenantId: `t${random.below(3)}`,
        jobId: `j${random.below(2)}`,
        ...(x !== undefined && { x }),
        ...(y !== undefined && { y }),
      }
    })
    for (const document of documents) await container.items.create(document)

    for (let round = 0; round < 300; round += 1) {
      const { text, test } = predicate(random, 3)
      const expected = documents.filter((document) => test(document) === true).map(({ id }) => id)
      const sorted = random.below(2) === 0
      const query = `SELECT VALUE c.id FROM c WHERE ${text}${sorted ? ' ORDER BY c.id' : ''}`
      const { resources } = await container.items.query(query, { maxItemCount: 7 }).fetchAll()
      expect({ seed, query, ids: resources }).toEqual({
        seed,
        query,
        ids: sorted ? expected.toSorted() : expected,
      })
    }
  }, 30_000)
})

describe('random text', () => {
  it('is a query or a clear error, never a crash', () => {
    const seed = Math.floor(Math.random() * 2 ** 31)
    const random = randomOf(seed)
    const pieces =
      'SELECT VALUE DISTINCT TOP FROM c JOIN IN WHERE GROUP BY ORDER AND OR NOT LIKE BETWEEN EXISTS ARRAY ( ) [ ] { } , . : ? ?? "a" \'b\' 1 2.5 * + - / = != < >= || COUNT( SUM( c.x c["y"] @p undefined null UDF.f( \\ \u0000 /* -- \n % _ ~ 😀'.split(
        ' ',
      )
    const counts = { parsed: 0, refused: 0 }
    for (let round = 0; round < 20_000; round += 1) {
      const length = 1 + random.below(14)
      const text = `${random.below(2) === 0 ? 'SELECT ' : ''}${Array.from({ length }, () => random.pick(pieces)).join(random.below(4) === 0 ? '' : ' ')}`
      try {
        parseQuery(text)
        queryValues({ query: text, parameters: [{ name: '@p', value: 1 }] }, [{ x: 1, y: [1, 2] }], 0)
        counts.parsed += 1
      } catch (error) {
        expect({ seed, text, status: (error as { status?: number }).status }).toEqual({
          seed,
          text,
          status: 400,
        })
        counts.refused += 1
      }
    }
    expect(counts.refused).toBeGreaterThan(1000)
    expect(counts.parsed).toBeGreaterThan(50)
  })
})
