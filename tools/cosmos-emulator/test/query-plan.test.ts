import type { PartitionKeyKind } from '@azure/cosmos'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'

import { effectiveKey } from '../src/partition/effective-key.ts'
import type { KeyPart } from '../src/partition/partition-key.ts'
import { openContainer } from './open-container.ts'
import type { OpenedContainer } from './open-container.ts'
import { sendSigned } from './signed-request.ts'

interface Plan {
  queryInfo: Record<string, unknown>
  queryRanges: { min: string; max: string; isMinInclusive: boolean; isMaxInclusive: boolean }[]
}

const filter = '({documentdb-formattableorderbyquery-filter})'
const key = { paths: ['/key'], kind: 'Hash' as const, version: 2 }
const levels = { paths: ['/a', '/b/c', '/d'], kind: 'MultiHash' as const, version: 2 }

let opened: OpenedContainer

beforeAll(async () => {
  opened = await openContainer({ id: 'plain', partitionKey: { ...key, kind: key.kind as PartitionKeyKind } })
  await opened.database.containers.create({
    id: 'levels',
    partitionKey: { ...levels, kind: levels.kind as PartitionKeyKind },
  })
})

afterAll(async () => opened[Symbol.asyncDispose]())

async function planOf(query: string, parameters: object = {}, container = 'plain'): Promise<Plan> {
  const spec = {
    query,
    parameters: Object.entries(parameters).map(([name, value]) => ({ name, value: value as string })),
  }
  const { result } = await opened.database.container(container).getQueryPlan(spec)
  return result as unknown as Plan
}

async function refusal(query: string, headers: Record<string, string> = {}): Promise<string> {
  const [account] = opened.emulator.accounts
  if (!account) throw new Error('The emulator has no account.')
  const { status, text } = await sendSigned(account, 'POST', '/dbs/media/colls/plain/docs', {
    headers: {
      'content-type': 'application/query+json',
      'x-ms-cosmos-is-query-plan-request': 'True',
      ...headers,
    },
    body: JSON.stringify({ query }),
  })
  return `${status} ${text}`
}

// By meaning from the published plans of the .NET SDK's QueryPlanBaselineTests, in the layout of this printer.
const plans: Record<string, Record<string, unknown>> = {
  'SELECT * FROM c': {
    distinctType: 'None',
    rewrittenQuery: '',
    hasSelectValue: false,
    top: null,
    offset: null,
  },
  'SELECT VALUE c.x FROM c': { rewrittenQuery: '', hasSelectValue: true, aggregates: [] },
  'SELECT VALUE AVG(c.blah) FROM c': {
    aggregates: ['Average'],
    groupByAliasToAggregateType: {},
    rewrittenQuery: 'SELECT VALUE [{"item": {"sum": SUM(c.blah), "count": COUNT(c.blah)}}]\nFROM c',
  },
  'SELECT AVG(c.blah) FROM c': {
    aggregates: [],
    groupByAliases: ['$1'],
    groupByAliasToAggregateType: { $1: 'Average' },
    rewrittenQuery:
      'SELECT {"$1": {"item": {"sum": SUM(c.blah), "count": COUNT(c.blah)}}} AS payload\nFROM c',
  },
  'SELECT VALUE MIN(c.blah + 1) FROM c': {
    aggregates: ['Min'],
    rewrittenQuery:
      'SELECT VALUE [{"item": MIN((c.blah + 1)), "item2": {"min": MIN((c.blah + 1)), "count": COUNT((c.blah + 1))}}]\nFROM c',
  },
  'SELECT MAX(c.blah) as max_blah FROM c': {
    groupByAliases: ['max_blah'],
    groupByAliasToAggregateType: { max_blah: 'Max' },
    rewrittenQuery:
      'SELECT {"max_blah": {"item": MAX(c.blah), "item2": {"max": MAX(c.blah), "count": COUNT(c.blah)}}} AS payload\nFROM c',
  },
  'SELECT MAKELIST(c.blah), MAKESET(c.blah) AS set, COUNTIF(c.x) AS n FROM c': {
    groupByAliasToAggregateType: { $1: 'MakeList', set: 'MakeSet', n: 'CountIf' },
  },
  'SELECT TOP 5 VALUE AVG(c.name) FROM c': {
    top: 5,
    rewrittenQuery: 'SELECT VALUE [{"item": {"sum": SUM(c.name), "count": COUNT(c.name)}}]\nFROM c',
  },
  'SELECT VALUE COUNT(1) FROM c WHERE c.key = 5 OFFSET 1 LIMIT 2': {
    offset: 1,
    limit: 2,
    aggregates: ['Count'],
    rewrittenQuery: 'SELECT VALUE [{"item": COUNT(1)}]\nFROM c\nWHERE (c.key = 5)',
  },
  'SELECT DISTINCT c.blah FROM c': { distinctType: 'Unordered', rewrittenQuery: '' },
  'SELECT DISTINCT TOP 5 VALUE c.name FROM c': {
    distinctType: 'Unordered',
    top: 5,
    rewrittenQuery: 'SELECT DISTINCT VALUE c.name\nFROM c',
  },
  'SELECT DISTINCT * FROM c WHERE c.key = 5 OFFSET 1 LIMIT 2': {
    distinctType: 'Unordered',
    offset: 1,
    limit: 2,
    rewrittenQuery: 'SELECT DISTINCT *\nFROM c\nWHERE (c.key = 5)',
  },
  'SELECT DISTINCT VALUE c.blah FROM c ORDER BY c.blah': {
    distinctType: 'Ordered',
    orderBy: ['Ascending'],
    orderByExpressions: ['c.blah'],
    rewrittenQuery: `SELECT c._rid, [{"item": c.blah}] AS orderByItems, c.blah AS payload\nFROM c\nWHERE (${filter} AND IS_DEFINED(c.blah))\nORDER BY c.blah`,
  },
  'SELECT DISTINCT c.blah FROM c ORDER BY c.other': { distinctType: 'Unordered', orderBy: ['Ascending'] },
  'SELECT * FROM Root r ORDER BY r.blah': {
    orderByExpressions: ['r.blah'],
    rewrittenQuery: `SELECT r._rid, [{"item": r.blah}] AS orderByItems, r AS payload\nFROM Root AS r\nWHERE ${filter}\nORDER BY r.blah`,
  },
  'SELECT * FROM Root r WHERE r.key IN (1, 2, 3) ORDER BY r.key': {
    rewrittenQuery: `SELECT r._rid, [{"item": r.key}] AS orderByItems, r AS payload\nFROM Root AS r\nWHERE ((r.key IN (1, 2, 3)) AND ${filter})\nORDER BY r.key`,
  },
  'SELECT TOP 70 r[0], r["a"] FROM Root r ORDER BY r.key DESC': {
    top: 70,
    orderBy: ['Descending'],
    rewrittenQuery: `SELECT TOP 70 r._rid, [{"item": r.key}] AS orderByItems, {"$1": r[0], "a": r.a} AS payload\nFROM Root AS r\nWHERE ${filter}\nORDER BY r.key DESC`,
  },
  "SELECT c.p, c.q FROM c WHERE c.r = 'asdf' ORDER BY c.x, c.y DESC": {
    orderBy: ['Ascending', 'Descending'],
    orderByExpressions: ['c.x', 'c.y'],
    rewrittenQuery: `SELECT c._rid, [{"item": c.x}, {"item": c.y}] AS orderByItems, {"p": c.p, "q": c.q} AS payload\nFROM c\nWHERE ((c.r = "asdf") AND ${filter})\nORDER BY c.x, c.y DESC`,
  },
  "SELECT * FROM Root r WHERE r.key = 'key' ORDER BY r.key": { orderBy: [], rewrittenQuery: '' },
  'SELECT * FROM c OFFSET 1 LIMIT 2': {
    offset: 1,
    limit: 2,
    rewrittenQuery: 'SELECT *\nFROM c\nOFFSET 0 LIMIT 3',
  },
  'SELECT * FROM c WHERE c.blah = 5 OFFSET 1 LIMIT 2': {
    rewrittenQuery: 'SELECT *\nFROM c\nWHERE (c.blah = 5)\nOFFSET 0 LIMIT 3',
  },
  'SELECT * FROM c WHERE c.key = 5 OFFSET 1 LIMIT 2': { offset: null, limit: null, rewrittenQuery: '' },
  'SELECT * FROM c OFFSET 0 LIMIT 0': {
    offset: 0,
    limit: 0,
    rewrittenQuery: 'SELECT *\nFROM c\nOFFSET 0 LIMIT 0',
  },
  'SELECT TOP 5 * FROM c': { top: 5, rewrittenQuery: '' },
  'SELECT TOP 5 * FROM c WHERE c.key = 5': { top: 5, rewrittenQuery: '' },
  'SELECT TOP 5 VALUE c.name FROM c GROUP BY c.name': {
    top: 5,
    groupByExpressions: ['c.name'],
    groupByAliases: [],
    groupByAliasToAggregateType: {},
    rewrittenQuery: 'SELECT [{"item": c.name}] AS groupByItems, c.name AS payload\nFROM c\nGROUP BY c.name',
  },
  'SELECT c.name FROM c WHERE c.key = 5 GROUP BY c.name OFFSET 1 LIMIT 2': {
    offset: 1,
    limit: 2,
    groupByAliases: ['name'],
    groupByAliasToAggregateType: { name: null },
    rewrittenQuery:
      'SELECT [{"item": c.name}] AS groupByItems, {"name": c.name} AS payload\nFROM c\nWHERE (c.key = 5)\nGROUP BY c.name',
  },
  'SELECT VALUE COUNT(1) FROM c GROUP BY c.name': {
    aggregates: ['Count'],
    rewrittenQuery:
      'SELECT [{"item": c.name}] AS groupByItems, [{"item": COUNT(1)}] AS payload\nFROM c\nGROUP BY c.name',
  },
}

// The keys whose hashes a query has to look at; `all` and `none` stand for the whole space and for no document.
const ranges: Record<string, KeyPart[] | 'all' | 'none'> = {
  'SELECT 5': 'none',
  'SELECT * FROM c WHERE true': 'all',
  'SELECT * FROM c WHERE false': 'none',
  'SELECT * FROM c WHERE c.key': [true],
  'SELECT * FROM c WHERE NOT c.key': [false],
  'SELECT * FROM c WHERE c.key = 5': [5],
  'SELECT * FROM c WHERE -5 = c["key"]': [-5],
  "SELECT * FROM c WHERE c.key = ''": [''],
  "SELECT * FROM c WHERE c.key = '你好'": ['你好'],
  'SELECT * FROM c WHERE c.key = null AND c.x > 3': [null],
  'SELECT * FROM c WHERE c.key = []': 'all',
  'SELECT * FROM c WHERE c.key = {}': 'all',
  'SELECT * FROM c WHERE c.key BETWEEN 2 AND 3': 'all',
  'SELECT * FROM c WHERE c.key > 1': 'all',
  'SELECT * FROM c WHERE c.key != 1': 'all',
  'SELECT * FROM c WHERE c.key NOT IN (1)': 'all',
  'SELECT * FROM c WHERE c.key IN (1, 2, 3)': [1, 2, 3],
  'SELECT * FROM c WHERE c.key IN ([], [1], {})': [undefined],
  'SELECT * FROM c WHERE c.key IN (1, "a", true, false, null, 2.0, {"x": 8})': [
    1,
    'a',
    true,
    false,
    null,
    2,
    undefined,
  ],
  'SELECT * FROM c WHERE c.key = 1 OR c.key = 2': [1, 2],
  'SELECT * FROM c WHERE c.key = 1 OR c.x = 2': 'all',
  'SELECT * FROM c WHERE c.key = 1 AND c.key = 2': 'none',
  'SELECT * FROM c WHERE c.key IN (1, 2, 3) AND (c.key = 2 OR c.key = 7)': [2],
  'SELECT * FROM c WHERE IS_NULL(c.key)': [null],
  'SELECT * FROM c WHERE IS_BOOL(c.key)': [false, true],
  'SELECT * FROM c WHERE IS_STRING(c.key)': 'all',
  'SELECT * FROM c WHERE ARRAY_CONTAINS([1, 2, 3], c.key)': [1, 2, 3],
  'SELECT * FROM c WHERE ARRAY_CONTAINS([1, 2, 3], c.key) AND c.key = 4': 'none',
  'SELECT * FROM c WHERE ARRAY_CONTAINS(c.list, c.key)': 'all',
  'SELECT * FROM c WHERE ARRAY_CONTAINS([1], c.key, true)': 'all',
  'SELECT * FROM c WHERE LENGTH(c.key) = 1': 'all',
  'SELECT * FROM c WHERE c.key = c.other': 'all',
  'SELECT * FROM key WHERE key = 5': 'all',
  'SELECT * FROM x IN c.list WHERE x.key = 5': 'all',
  'SELECT (SELECT VALUE 1 FROM c WHERE c.key = 42) AS one FROM c': 'all',
  "SELECT (SELECT VALUE 1 FROM c WHERE c.key = 42) AS one FROM c WHERE c.key = 'a'": ['a'],
}

describe('a query plan', () => {
  it.each(Object.entries(plans))('tells how to merge: %s', async (query, expected) => {
    const { queryInfo } = await planOf(query)

    expect(queryInfo).toMatchObject(expected)
  })

  it.each(Object.entries(ranges))('tells where to look: %s', async (query, keys) => {
    const { queryRanges } = await planOf(query)

    const whole = { min: '', max: 'FF', isMinInclusive: true, isMaxInclusive: false }
    const points = (
      keys === 'none' ? [''] : keys === 'all' ? [] : keys.map((part) => effectiveKey([part], key))
    )
      .toSorted()
      .map((hash) => ({ min: hash, max: hash, isMinInclusive: true, isMaxInclusive: true }))
    expect(queryRanges).toEqual(keys === 'all' ? [whole] : points)
  })

  it('takes the values of parameters', async () => {
    const cut = await planOf('SELECT TOP @n * FROM c WHERE c.key IN (@a, @b)', { '@n': 42, '@a': 1, '@b': 2 })
    const page = await planOf('SELECT * FROM c OFFSET @o LIMIT @l', { '@o': 42, '@l': 1337 })

    const listed = await planOf('SELECT * FROM c WHERE ARRAY_CONTAINS(@list, c.key)', { '@list': [1, 'a'] })

    expect(listed.queryRanges).toHaveLength(2)
    expect(cut.queryInfo.top).toBe(42)
    expect(cut.queryRanges).toHaveLength(2)
    expect(page.queryInfo).toMatchObject({
      offset: 42,
      limit: 1337,
      rewrittenQuery: 'SELECT *\nFROM c\nOFFSET 0 LIMIT 1379',
    })
  })

  it('looks at the part of the hash space that has a prefix of a hierarchical key', async () => {
    const prefix = (...parts: KeyPart[]): string => effectiveKey(parts, levels)
    const one = await planOf("SELECT * FROM c WHERE c.a = 'x'", {}, 'levels')
    const two = await planOf("SELECT * FROM c WHERE c.a = 'x' AND c.b.c = 2", {}, 'levels')
    const three = await planOf(
      "SELECT * FROM c WHERE c.d = 1 AND c.a = 'x' AND c.b.c IN (2, 3)",
      {},
      'levels',
    )
    const none = await planOf('SELECT * FROM c WHERE c.b.c = 2', {}, 'levels')
    const nested = await planOf("SELECT * FROM c WHERE c.a = 'x' OR (c.a = 'x' AND c.b.c = 2)", {}, 'levels')

    expect(one.queryRanges).toEqual([
      { min: prefix('x'), max: `${prefix('x')}FF`, isMinInclusive: true, isMaxInclusive: false },
    ])
    expect(two.queryRanges[0]?.min).toBe(prefix('x', 2))
    expect(three.queryRanges.map(({ min }) => min)).toEqual([prefix('x', 2, 1), prefix('x', 3, 1)].toSorted())
    expect(none.queryRanges[0]).toMatchObject({ min: '', max: 'FF' })
    expect(nested.queryRanges).toEqual(one.queryRanges)
  })

  it('counts distinct rows where the client can, and is refused where it cannot', async () => {
    const query = 'SELECT COUNT(1) AS total FROM (SELECT DISTINCT VALUE c.x FROM c) AS d'
    const able = await refusal(query, { 'x-ms-cosmos-supported-query-features': 'Distinct, DCount' })
    const unable = await refusal(query, { 'x-ms-cosmos-supported-query-features': 'Distinct, Aggregate' })

    expect(able).toContain('"dCountInfo":{"dCountAlias":"total"}')
    expect(able).toContain('"distinctType":"Unordered"')
    expect(able).toContain(String.raw`"rewrittenQuery":"SELECT DISTINCT VALUE c.x\nFROM c"`)
    expect(unable).toMatch(/^400 .*Query contained DCount, which the calling client does not support/)
  })

  it.each([
    ['SELECT BADFUNC(c.x) FROM c', 'SC2005'],
    ['SELECT VALUE FLOOR(AVG(c.x)) FROM c', 'Compositions of aggregates'],
    ['SELECT VALUE [SUM(c.x)] FROM c', 'Compositions of aggregates'],
    ["SELECT VALUE {'sum': SUM(c.x)} FROM c", 'Compositions of aggregates'],
    ['SELECT TOP -1 c.name FROM c', 'SC1001'],
    ['SELECT * FROM c OFFSET -1 LIMIT 10', 'SC1001'],
    ['SELECT * FROM', 'SC1002'],
  ])('is refused as the service refuses it: %s', async (query, text) => {
    const answer = await refusal(query)

    expect(answer).toMatch(/^400 /)
    expect(answer).toContain(text)
  })
})
