import assert from 'node:assert/strict'

import type { Container, ContainerRequest, SqlQuerySpec } from '@azure/cosmos'

import { fails, isAnswer } from './assertions.ts'
import type { ContractContext } from './contract-context.ts'
import { openContext, pathOf } from './contract-context.ts'
import { differs, faithful } from './contract-row.ts'
import type { ContractRow } from './contract-row.ts'

const people = [
  { id: '1', tenantId: 't', name: 'Ada', age: 36, tags: ['x', 'y'], address: { city: 'London' }, none: null },
  { id: '2', tenantId: 't', name: 'Bob', age: 20, tags: ['y'], address: { city: 'Paris' } },
  { id: '3', tenantId: 'u', name: 'Cleo', age: 36, tags: [], address: { city: 'Cairo' } },
  { id: '4', tenantId: 'u', name: 'Dan', tags: ['x', 'x'] },
]

/** A container with a few people in it. */
async function makePeople(
  { makeContainer }: ContractContext,
  definition: Partial<ContainerRequest> = {},
): Promise<Container> {
  const container = await makeContainer(definition)
  for (const person of people) await container.items.create(person)
  return container
}

/** Runs a query over the people and checks its rows. */
function gives(
  query: string | SqlQuerySpec,
  rows: unknown[],
  definition: Partial<ContainerRequest> = {},
): (context: ContractContext) => Promise<void> {
  return async (context) => {
    const { items } = await makePeople(context, definition)
    assert.deepEqual((await items.query(query as string).fetchAll()).resources, rows)
  }
}

/** Runs queries of which each is refused with 400. */
function refuses(message: RegExp, ...queries: string[]): (context: ContractContext) => Promise<void> {
  return async (context) => {
    const { items } = await makePeople(context)
    for (const query of queries) await fails(items.query(query).fetchAll(), 400, message)
  }
}

const queryHeaders = { 'x-ms-documentdb-isquery': 'true', 'content-type': 'application/query+json' }
const compositeIndexes = [
  [
    { path: '/age', order: 'ascending' as const },
    { path: '/name', order: 'descending' as const },
  ],
]

/** Queries over documents: the clauses of the language, pages, and how a query is confined. */
export const queryRows: ContractRow[] = [
  ...faithful('items.query', {
    'puts the texts first that say a word most': async ({ makeContainer }) => {
      const { items } = await makeContainer()
      for (const text of ['a road', 'a bike', 'bikes and bikes']) await items.create({ tenantId: 't', text })
      const query = 'SELECT TOP 2 VALUE c.text FROM c ORDER BY RANK FullTextScore(c.text, "bike")'
      assert.deepEqual((await items.query(query).fetchAll()).resources, ['bikes and bikes', 'a bike'])
    },
    'SELECT of properties, nested and renamed': gives(
      'SELECT c.name, c.address.city AS town FROM c WHERE c.id = "1"',
      [{ name: 'Ada', town: 'London' }],
    ),
    'SELECT VALUE of an object literal drops what is undefined': gives(
      'SELECT VALUE { n: c.name, a: c.age } FROM c WHERE c.id = "4"',
      [{ n: 'Dan' }],
    ),
    'SELECT VALUE of undefined gives no row': gives('SELECT VALUE c.age FROM c WHERE c.tenantId = "u"', [36]),
    'SELECT TOP': gives('SELECT TOP 1 VALUE c.id FROM c ORDER BY c.id', ['1']),
    'SELECT DISTINCT VALUE': gives('SELECT DISTINCT VALUE c.tenantId FROM c', ['t', 'u']),
    'FROM the elements of an array': gives('SELECT VALUE t FROM t IN c.tags', ['x', 'y', 'y', 'x', 'x']),
    'JOIN with an array, by the document': gives(
      'SELECT VALUE { id: c.id, t: t } FROM c JOIN t IN c.tags WHERE c.id < "3"',
      [
        { id: '1', t: 'x' },
        { id: '1', t: 'y' },
        { id: '2', t: 'y' },
      ],
    ),
    'WHERE with parameters': gives(
      {
        query: 'SELECT VALUE c.id FROM c WHERE c.age = @age AND ARRAY_CONTAINS(@ids, c.id)',
        parameters: [
          { name: '@age', value: 36 },
          { name: '@ids', value: ['3', '4'] },
        ],
      },
      ['3'],
    ),
    'WHERE tells null from undefined': gives(
      'SELECT VALUE c.id FROM c WHERE c.none = null OR IS_DEFINED(c.age) = false',
      ['1', '4'],
    ),
    'WHERE of undefined is not true, nor is its NOT': gives(
      'SELECT VALUE c.id FROM c WHERE c.age > 20 OR NOT (c.age > 20)',
      ['1', '2', '3'],
    ),
    'WHERE IN, BETWEEN and LIKE': gives(
      'SELECT VALUE c.id FROM c WHERE c.id IN ("1", "2", "3") AND c.age BETWEEN 30 AND 40 AND c.name LIKE "C%"',
      ['3'],
    ),
    'EXISTS and ARRAY subqueries': gives(
      'SELECT VALUE ARRAY(SELECT VALUE UPPER(t) FROM t IN c.tags) FROM c WHERE EXISTS(SELECT VALUE t FROM t IN c.tags WHERE t = "x")',
      [
        ['X', 'Y'],
        ['X', 'X'],
      ],
    ),
    'ORDER BY one property, either way': gives('SELECT VALUE c.id FROM c ORDER BY c.name DESC', [
      '4',
      '3',
      '2',
      '1',
    ]),
    'ORDER BY leaves out documents without the property': gives('SELECT VALUE c.id FROM c ORDER BY c.age', [
      '2',
      '1',
      '3',
    ]),
    'ORDER BY several properties with a composite index: undefined comes first': gives(
      'SELECT VALUE c.id FROM c ORDER BY c.age ASC, c.name DESC',
      ['4', '2', '3', '1'],
      { indexingPolicy: { compositeIndexes } },
    ),
    'ORDER BY several properties answers 400 without a composite index': refuses(
      /composite index/,
      'SELECT * FROM c ORDER BY c.age, c.name',
    ),
    'OFFSET and LIMIT': gives('SELECT VALUE c.id FROM c ORDER BY c.id OFFSET 1 LIMIT 2', ['2', '3']),
    'GROUP BY with aggregates': gives(
      'SELECT c.tenantId, COUNT(1) AS n, MAX(c.age) AS oldest FROM c GROUP BY c.tenantId',
      [
        { tenantId: 't', n: 2, oldest: 36 },
        { tenantId: 'u', n: 2, oldest: 36 },
      ],
    ),
    'aggregates ignore undefined, as COUNT of a property does': gives(
      'SELECT COUNT(c.age) AS n, SUM(c.age) AS sum, AVG(c.age) AS avg, MIN(c.age) AS min FROM c',
      [{ n: 3, sum: 92, avg: 92 / 3, min: 20 }],
    ),
    'SUM of what is no number is undefined': gives('SELECT SUM(c.name) AS sum FROM c', [{}]),
    'COUNT of nothing is zero': gives('SELECT VALUE COUNT(1) FROM c WHERE c.id = "none"', [0]),
    'a computed property': gives('SELECT VALUE c.low FROM c WHERE c.low = "ada"', ['ada'], {
      computedProperties: [{ name: 'low', query: 'SELECT VALUE LOWER(c.name) FROM c' }],
    }),
    'SELECT * without computed properties': async (context) => {
      const computedProperties = [{ name: 'low', query: 'SELECT VALUE LOWER(c.name) FROM c' }]
      const { items } = await makePeople(context, { computedProperties })
      const [first] = (await items.query('SELECT * FROM c WHERE c.id = "1"').fetchAll()).resources
      assert.equal(Object.hasOwn(first as object, 'low'), false)
    },
    'answers 400 with code and place to a syntax error': async (context) => {
      const container = await makePeople(context)
      const { status, json } = await context.send('POST', `${pathOf(container)}/docs`, {
        headers: queryHeaders,
        body: '{"query":"SELECT * FORM c"}',
      })
      assert.equal(status, 400)
      assert.match(JSON.stringify(json), /SC1001/)
    },
    'answers 400 to a function that is not known, by its name': refuses(/NOSUCH/, 'SELECT NOSUCH(c) FROM c'),
    'answers 400 to a query that lacks a part': refuses(
      /./,
      'SELECT',
      'SELECT * FROM',
      'SELECT * FROM c WHERE',
      'SELECT * FROM c ORDER',
      'SELECT * FROM c LIMIT 1',
      'SELECT TOP -1 * FROM c',
      "SELECT 'open FROM c",
      'SELECT * FROM c WHERE c.a = @missing',
    ),
    'answers 400 to a body without a query': async (context) => {
      const path = `${pathOf(await makePeople(context))}/docs`
      for (const body of ['{}', '[]', 'null', '{"query":1}', '{"query":"SELECT 1","parameters":{}}', ''])
        isAnswer(await context.send('POST', path, { headers: queryHeaders, body }), 400)
    },
    'answers 404 where there is no such container': async ({ makeDatabase }) => {
      await fails((await makeDatabase()).container('none').items.query('SELECT 1').fetchAll(), 404)
    },
    'is confined to a partition key': async (context) => {
      const { items } = await makePeople(context)
      const { resources } = await items.query('SELECT VALUE c.id FROM c', { partitionKey: 'u' }).fetchAll()
      assert.deepEqual(resources, ['3', '4'])
    },
    'is confined to a prefix of a hierarchical key': async (context) => {
      const partitionKey = { paths: ['/tenantId', '/name'], kind: 'MultiHash', version: 2 } as never
      const { items } = await makePeople(context, { partitionKey })
      const { resources } = await items.query('SELECT VALUE c.id FROM c', { partitionKey: ['u'] }).fetchAll()
      assert.deepEqual(new Set(resources), new Set(['3', '4']))
    },
    'is confined to a key range, and the ranges are the whole': async (context) => {
      const container = await makePeople(context, { throughput: 12_000 })
      const seen: unknown[] = []
      for (const range of ['0', '1']) {
        const headers = { ...queryHeaders, 'x-ms-documentdb-partitionkeyrangeid': range }
        const body = '{"query":"SELECT VALUE c.id FROM c"}'
        const { json } = await context.send('POST', `${pathOf(container)}/docs`, { headers, body })
        seen.push(...(json as { Documents: unknown[] }).Documents)
      }
      assert.deepEqual(new Set(seen), new Set(['1', '2', '3', '4']))
      assert.equal(seen.length, 4)
    },
    'FROM a subquery that tells all documents apart, counts or groups them': async (context) => {
      const { items } = await makePeople(context)
      const rowsOf = async (query: string): Promise<unknown[]> =>
        (await items.query(query).fetchAll()).resources as unknown[]
      const ages = '(SELECT DISTINCT VALUE c.age FROM c)'
      const tags = '(SELECT t, COUNT(1) AS n FROM c JOIN t IN c.tags GROUP BY t)'
      assert.deepEqual(await rowsOf(`SELECT COUNT(1) AS total FROM ${ages}`), [{ total: 2 }])
      assert.deepEqual(await rowsOf(`SELECT VALUE a FROM ${ages} AS a ORDER BY a`), [20, 36])
      assert.deepEqual(await rowsOf('SELECT VALUE d.n FROM (SELECT COUNT(1) AS n FROM c) AS d'), [4])
      assert.deepEqual(await rowsOf(`SELECT VALUE g.t FROM ${tags} AS g WHERE g.n > 2`), ['x'])
    },
    'goes page by page, each with a continuation but the last': async (context) => {
      const { items } = await makePeople(context)
      const pages = items.query('SELECT VALUE c.id FROM c ORDER BY c.id', { maxItemCount: 3 })
      const first = await pages.fetchNext()
      assert.deepEqual(first.resources, ['1', '2', '3'])
      assert.ok(first.continuationToken)
      const second = await pages.fetchNext()
      assert.deepEqual([second.resources, second.continuationToken], [['4'], undefined])
    },
    'goes on from a continuation in another process': async () => {
      await using own = await openContext()
      const { items } = await makePeople(own)
      const query = 'SELECT VALUE c.id FROM c'
      const first = await items.query(query, { maxItemCount: 1 }).fetchNext()
      const continuationToken = String(first.continuationToken)
      const rest = await items.query(query, { continuationToken }).fetchNext()
      assert.equal(rest.resources.length, 3)
    },
    'neither repeats nor loses rows while others are written': async (context) => {
      const { items } = await makePeople(context)
      const query = 'SELECT VALUE c.name FROM c ORDER BY c.name'
      const first = await items.query(query, { maxItemCount: 2 }).fetchNext()
      await items.create({ id: '0', tenantId: 't', name: 'Aaron' })
      const continuationToken = String(first.continuationToken)
      const rest = await items.query(query, { continuationToken }).fetchNext()
      assert.deepEqual([...first.resources, ...rest.resources], ['Ada', 'Bob', 'Cleo', 'Dan'])
    },
    'answers 400 to a continuation that is none, or of another query': async (context) => {
      const { items } = await makePeople(context)
      await fails(items.query('SELECT * FROM c', { continuationToken: '!!!' }).fetchNext(), 400)
    },
    'answers 400 to a page size that is none': async (context) => {
      const path = `${pathOf(await makePeople(context))}/docs`
      for (const size of ['0', '-5', 'many']) {
        const headers = { ...queryHeaders, 'x-ms-max-item-count': size }
        isAnswer(
          await context.send('POST', path, { headers, body: '{"query":"SELECT 1"}' }),
          400,
          /page size/,
        )
      }
    },
    'tells metrics where asked': async (context) => {
      const container = await makePeople(context)
      const { headers } = await context.send('POST', `${pathOf(container)}/docs`, {
        headers: { ...queryHeaders, 'x-ms-documentdb-populatequerymetrics': 'true' },
        body: '{"query":"SELECT * FROM c WHERE c.age = 36"}',
      })
      const metrics = String(headers['x-ms-documentdb-query-metrics'])
      assert.match(metrics, /totalExecutionTimeInMs=[\d.]+/)
      assert.match(metrics, /outputDocumentCount=2/)
    },
    'sees its own writes at once': async (context) => {
      const { items } = await makePeople(context)
      await items.create({ id: '5', tenantId: 't', name: 'Eve' })
      assert.deepEqual(
        (await items.query('SELECT VALUE c.id FROM c WHERE c.name = "Eve"').fetchAll()).resources,
        ['5'],
      )
    },
    'takes a text of 512 KB and answers 400 to a longer one': async (context) => {
      const path = `${pathOf(await makePeople(context))}/docs`
      const body = (length: number): string =>
        JSON.stringify({ query: `SELECT VALUE "${'x'.repeat(length - 15)}"` })
      isAnswer(await context.send('POST', path, { headers: queryHeaders, body: body(524_288) }), 200)
      isAnswer(await context.send('POST', path, { headers: queryHeaders, body: body(524_289) }), 400, /long/)
    },
  }),
  differs(
    'items.query',
    'answers a query over several ranges itself, whatever it holds',
    'the service refuses some, and the client merges by plan; the option `gatewayStrict` does so here',
    async (context) => {
      const { items } = await makePeople(context, { throughput: 12_000 })
      assert.deepEqual((await items.query('SELECT VALUE COUNT(1) FROM c').fetchAll()).resources, [4])
    },
  ),
  ...faithful('items.queryPlan', {
    'tells ranges, aggregates and the rewritten query': async (context) => {
      const plan = await planOf(context, 'SELECT VALUE COUNT(1) FROM c')
      assert.deepEqual((plan.queryInfo as { aggregates: unknown }).aggregates, ['Count'])
      assert.ok(Array.isArray(plan.queryRanges))
    },
    'tells order, offset, limit and distinct': async (context) => {
      const plan = await planOf(
        context,
        'SELECT DISTINCT VALUE c.id FROM c ORDER BY c.id DESC OFFSET 1 LIMIT 2',
      )
      const { orderBy, offset, limit, distinctType } = plan.queryInfo as Record<string, unknown>
      assert.deepEqual([orderBy, offset, limit, distinctType], [['Descending'], 1, 2, 'Ordered'])
    },
    'tells groups and their aggregates': async (context) => {
      const plan = await planOf(context, 'SELECT c.t, SUM(c.n) AS s FROM c GROUP BY c.t')
      const { groupByExpressions, groupByAliases } = plan.queryInfo as Record<string, unknown>
      assert.deepEqual([groupByExpressions, groupByAliases], [['c.t'], ['t', 's']])
    },
    'answers 400 to a query that is none': async (context) => {
      const container = await context.makeContainer()
      const headers = { ...planHeaders }
      const path = `${pathOf(container)}/docs`
      isAnswer(await context.send('POST', path, { headers, body: '{"query":"SELECT"}' }), 400)
    },
  }),
]

const planHeaders = {
  'content-type': 'application/query+json',
  'x-ms-cosmos-is-query-plan-request': 'True',
  'x-ms-cosmos-supported-query-features': 'Aggregate,Distinct,GroupBy,OffsetAndLimit,OrderBy,Top',
  'x-ms-cosmos-query-version': '1.4',
}

async function planOf(
  { makeContainer, send }: ContractContext,
  query: string,
): Promise<Record<string, unknown>> {
  const container = await makeContainer()
  const body = JSON.stringify({ query })
  const { json } = await send('POST', `${pathOf(container)}/docs`, { headers: planHeaders, body })
  return json as Record<string, unknown>
}
