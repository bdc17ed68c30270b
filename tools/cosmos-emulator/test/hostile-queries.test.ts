import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'

import { openContainer } from './open-container.ts'
import type { OpenedContainer } from './open-container.ts'

const longText = 'a'.repeat(1_000_000)
const bigRows = 12
let hasty: OpenedContainer
let patient: OpenedContainer

beforeAll(async () => {
  // Gives up early what would take minutes, or all memory; what is to end has the usual time.
  hasty = await openContainer({}, { queries: { longestPageMs: 300, longestRunMs: 600 } })
  patient = await openContainer()
  for (const { container } of [hasty, patient])
    await container.items.create({
      id: 'long',
      tenantId: 'long',
      text: longText,
      numbers: range(30_000),
      few: range(1000),
    })
  for (const n of range(bigRows))
    await patient.container.items.create({
      id: `big${n}`,
      tenantId: 'big',
      n: (n * 5) % bigRows,
      text: longText,
    })
})

afterAll(async () => {
  await hasty[Symbol.asyncDispose]()
  await patient[Symbol.asyncDispose]()
})

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index)
}

async function ask({ container }: OpenedContainer, query: string): Promise<unknown> {
  try {
    return (await container.items.query(query, { partitionKey: 'long' }).fetchAll()).resources
  } catch (error) {
    return (error as { code?: unknown }).code
  }
}

describe('a query that would take for ever', () => {
  it.each([
    ['repetitions that share a text', 'RegexMatch(c.text, "a*a*a*a*b")'],
    ['a repeated group of options', 'RegexMatch(c.text, "(a?){30}a{30}b")'],
    ['alternatives that are the same', `RegexMatch(c.text, "${'(a|a)'.repeat(24)}b")`],
    ['a group that is repeated a few times', 'RegexMatch(c.text, "^(a+){0,3}a*b")'],
  ])('is refused: %s', async (_, condition) => {
    expect(await ask(hasty, `SELECT VALUE 1 FROM c WHERE ${condition}`)).toBe(400)
  })

  it.each([
    ['rows of one document', 'COUNT(1) FROM c JOIN a IN c.few JOIN b IN c.few JOIN d IN c.few'],
    ['few rows, slow ones', 'COUNT(SetUnion(c.numbers, [a])) FROM c JOIN a IN c.few'],
    ['groups by what is long', 'COUNT(1) FROM c JOIN a IN c.few GROUP BY c.numbers'],
    ['a pattern tried at each place', `1 FROM c WHERE c.text LIKE "%${'_a'.repeat(5000)}b%"`],
  ])('is given up: %s', async (_, rest) => {
    expect(await ask(hasty, `SELECT VALUE ${rest}`)).toBe(408)
  })

  it('is given up where large results are told apart', async () => {
    expect(await ask(hasty, 'SELECT DISTINCT c, a FROM c JOIN a IN c.few')).toBe(408)
  })

  it('ends at once where a plain part of a pattern is not in the text', async () => {
    const part = 'a'.repeat(100_000)
    expect(await ask(patient, `SELECT VALUE 1 FROM c WHERE c.text LIKE "%${part}b%"`)).toEqual([])
  })
})

it.each(['SELECT VALUE c.id FROM c ORDER BY c.list', 'SELECT DISTINCT VALUE c.id FROM c ORDER BY c.list'])(
  'sorts long lists that differ at their end alone: %s',
  async (query) => {
    const { items } = patient.container
    const list = range(20_000)
    for (const n of range(8))
      await items.upsert({ id: `${n}`, tenantId: 'lists', list: [...list, (n * 3) % 8] })

    const { resources } = await items.query(query, { partitionKey: 'lists' }).fetchAll()

    expect(resources).toEqual(range(8).map((n) => `${(n * 3) % 8}`))
  },
)

describe('a result that is too large', () => {
  it.each([
    ['an array', `ARRAY_CONCAT(${Array<string>(200).fill('c.numbers').join(', ')})`],
    ['a text', 'StringJoin(ARRAY(SELECT VALUE c.text FROM a IN c.few), ",")'],
    ['an answer', `[${Array<string>(600).fill('c.text').join(', ')}]`],
  ])('is refused: %s', async (_, value) => {
    expect(await ask(patient, `SELECT VALUE ${value} FROM c`)).toBe(400)
  })
})

it.each([
  ['', range(bigRows)],
  ['OFFSET 3 LIMIT 8', range(bigRows).slice(3, 11)],
])('sorts large documents page by page: ORDER BY c.n %s', async (cut, expected) => {
  const query = patient.container.items.query<{ n: number }>(`SELECT * FROM c ORDER BY c.n ${cut}`, {
    partitionKey: 'big',
    maxItemCount: 1000,
  })
  const found: number[] = []
  while (query.hasMoreResults()) found.push(...((await query.fetchNext()).resources ?? []).map(({ n }) => n))
  expect(found).toEqual(expected)
})

it('matches LIKE as a regular expression of the same meaning does', async () => {
  const character = fc.constantFrom('a', 'b', '😀')
  const wild = fc.constantFrom('a', 'b', '😀', '%', '%', '_', '[a-b]', '[^a]')
  const cases = fc.array(
    fc.tuple(fc.string({ unit: character, maxLength: 8 }), fc.string({ unit: wild, maxLength: 6 })),
    {
      minLength: 50,
      maxLength: 50,
    },
  )
  await fc.assert(
    fc.asyncProperty(cases, async (pairs) => {
      const texts = pairs.map(([text, pattern]) => `"${text}" LIKE "${pattern}"`)
      const [found] = (await ask(patient, `SELECT VALUE [${texts.join(', ')}]`)) as unknown[]
      const expected = pairs.map(([text, pattern]) => toExpression(pattern).test(text))
      expect(found).toEqual(expected)
    }),
    { numRuns: 20 },
  )
})

function toExpression(pattern: string): RegExp {
  return new RegExp(`^${pattern.replaceAll('%', '.*').replaceAll('_', '.')}$`, 'us')
}
