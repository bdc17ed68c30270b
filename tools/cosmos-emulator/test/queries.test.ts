import type { Container, JSONValue } from '@azure/cosmos'
import { describe, expect, it } from '@jest/globals'

import { hierarchicalKey, openContainer, statusOf } from './open-container.ts'

const documents = [
  { id: '1', tenantId: 't', kind: 'image', size: 30, tags: ['a', 'b'], label: 'x' },
  { id: '2', tenantId: 't', kind: 'video', size: 10, tags: ['b'], label: null },
  { id: '3', tenantId: 't', kind: 'image', size: 20, tags: [] },
  { id: '4', tenantId: 'u', kind: 'image', size: 40, tags: ['a'], label: 5 },
  { id: '5', tenantId: 'u', kind: 'audio', size: 'big', label: true },
]

async function fill(container: Container): Promise<void> {
  for (const document of documents) await container.items.create(document)
}

async function run(
  container: Container,
  query: string,
  parameters: Record<string, JSONValue> = {},
): Promise<unknown[]> {
  const spec = {
    query,
    parameters: Object.entries(parameters).map(([name, value]) => ({ name: `@${name}`, value })),
  }
  return (await container.items.query(spec).fetchAll()).resources
}

const table: [query: string, result: unknown[]][] = [
  ['SELECT VALUE c.id FROM c', ['1', '2', '3', '4', '5']],
  ['SELECT VALUE root.id FROM root', ['1', '2', '3', '4', '5']],
  ['SELECT c.id, c.size AS bytes FROM c WHERE c.id = "1"', [{ id: '1', bytes: 30 }]],
  ['SELECT c.id, c.nothing FROM c WHERE c.id = "1"', [{ id: '1' }]],
  ['SELECT c.size + 1, c["kind"], c.tags[0] FROM c WHERE c.id = "1"', [{ $1: 31, kind: 'image', $2: 'a' }]],
  ['SELECT VALUE {"i": c.id, "t": [c.kind]} FROM c WHERE c.id = "2"', [{ i: '2', t: ['video'] }]],
  ['SELECT VALUE c.id FROM c WHERE c.kind = "image" AND c.size > 20', ['1', '4']],
  ['SELECT VALUE c.id FROM c WHERE c.size != 30', ['2', '3', '4', '5']],
  ['SELECT VALUE c.id FROM c WHERE NOT (c.size > 20)', ['2', '3']],
  ['SELECT VALUE c.id FROM c WHERE c.label = null', ['2']],
  ['SELECT VALUE c.id FROM c WHERE NOT IS_DEFINED(c.label)', ['3']],
  ['SELECT VALUE c.id FROM c WHERE c.kind IN ("video", "audio")', ['2', '5']],
  ['SELECT VALUE c.id FROM c WHERE ARRAY_CONTAINS(c.tags, "a")', ['1', '4']],
  ['SELECT VALUE c.id FROM c ORDER BY c.size', ['2', '3', '1', '4', '5']],
  ['SELECT VALUE c.id FROM c ORDER BY c.size DESC', ['5', '4', '1', '3', '2']],
  ['SELECT VALUE c.id FROM c ORDER BY c.label', ['2', '5', '4', '1']],
  ['SELECT VALUE c.id FROM c ORDER BY c.id DESC', ['5', '4', '3', '2', '1']],
  ['SELECT TOP 2 VALUE c.id FROM c ORDER BY c.size', ['2', '3']],
  ['SELECT VALUE c.id FROM c OFFSET 1 LIMIT 2', ['2', '3']],
  ['SELECT VALUE c.id FROM c ORDER BY c.id OFFSET 3 LIMIT 9', ['4', '5']],
  ['SELECT VALUE c.id FROM c ORDER BY c.size OFFSET 1 LIMIT 1', ['3']],
  ['SELECT DISTINCT VALUE c.kind FROM c', ['image', 'video', 'audio']],
  ['SELECT DISTINCT c.tenantId FROM c ORDER BY c.tenantId DESC', [{ tenantId: 'u' }, { tenantId: 't' }]],
  ['SELECT VALUE COUNT(1) FROM c', [5]],
  ['SELECT COUNT(c.label) AS labels FROM c', [{ labels: 4 }]],
  ['SELECT COUNT(1) FROM c', [{ $1: 5 }]],
  ['SELECT VALUE SUM(c.size) FROM c WHERE c.tenantId = "t"', [60]],
  ['SELECT VALUE AVG(c.size) FROM c WHERE c.tenantId = "t"', [20]],
  ['SELECT MIN(c.size) AS low, MAX(c.size) AS high FROM c', [{ low: 10, high: 'big' }]],
  ['SELECT VALUE SUM(c.size) FROM c', []],
  ['SELECT VALUE AVG(c.nothing) FROM c', []],
  ['SELECT VALUE COUNTIF(c.size > 15) FROM c', [3]],
  [
    'SELECT c.kind, COUNT(1) AS n FROM c GROUP BY c.kind',
    [
      { kind: 'image', n: 3 },
      { kind: 'video', n: 1 },
      { kind: 'audio', n: 1 },
    ],
  ],
  [
    'SELECT c.tenantId AS t, c.kind AS k, SUM(c.size) AS s FROM c WHERE IS_NUMBER(c.size) GROUP BY c.tenantId, c.kind',
    [
      { t: 't', k: 'image', s: 50 },
      { t: 't', k: 'video', s: 10 },
      { t: 'u', k: 'image', s: 40 },
    ],
  ],
  [
    'SELECT COUNT(1) AS n, UPPER(c.kind) AS k FROM c GROUP BY UPPER(c.kind)',
    [
      { n: 3, k: 'IMAGE' },
      { n: 1, k: 'VIDEO' },
      { n: 1, k: 'AUDIO' },
    ],
  ],
  [
    'SELECT VALUE {k: c.kind, n: COUNT(1) * 2} FROM c WHERE c.kind = "image" GROUP BY c.kind',
    [{ k: 'image', n: 6 }],
  ],
  [
    'SELECT c.id, t FROM c JOIN t IN c.tags WHERE c.tenantId = "t"',
    [
      { id: '1', t: 'a' },
      { id: '1', t: 'b' },
      { id: '2', t: 'b' },
    ],
  ],
  ['SELECT VALUE t FROM t IN c.tags', ['a', 'b', 'b', 'a']],
  [
    'SELECT VALUE CONCAT(s, t) FROM c JOIN s IN c.tags JOIN t IN c.tags WHERE c.id = "1"',
    ['aa', 'ab', 'ba', 'bb'],
  ],
  ['SELECT VALUE x FROM c.tags x', [['a', 'b'], ['b'], [], ['a']]],
  ['SELECT * FROM c.tags', [['a', 'b'], ['b'], [], ['a']]],
  ['SELECT VALUE c.id FROM c WHERE EXISTS(SELECT VALUE t FROM t IN c.tags WHERE t = "b")', ['1', '2']],
  [
    'SELECT c.id, ARRAY(SELECT VALUE UPPER(t) FROM t IN c.tags) AS u FROM c WHERE c.id IN ("1", "3")',
    [
      { id: '1', u: ['A', 'B'] },
      { id: '3', u: [] },
    ],
  ],
  ['SELECT VALUE s.n FROM c JOIN (SELECT VALUE {n: COUNT(1)} FROM t IN c.tags) AS s WHERE c.id = "1"', [2]],
  ['SELECT VALUE x.id FROM (SELECT c.id, c.size FROM c) AS x WHERE x.size = 10', ['2']],
  ['SELECT 1 AS one', [{ one: 1 }]],
  ['SELECT VALUE c.id FROM c WHERE c.id > "2" AND c.id <= "4" ORDER BY c.id', ['3', '4']],
  ['SELECT VALUE c.id FROM c WHERE "3" < c.id ORDER BY c.id', ['4', '5']],
  ['SELECT VALUE c.id FROM c WHERE c.id > 2', []],
  ['SELECT VALUE c.id FROM c -- a comment\n WHERE c._ts > 0 AND c.tenantId = "u"', ['4', '5']],
]

describe('a query', () => {
  it('answers as the service does', async () => {
    await using opened = await openContainer()
    await fill(opened.container)

    const answers = await Promise.all(table.map(([query]) => run(opened.container, query)))

    expect(table.map(([query], index) => [query, answers[index]])).toEqual(table)
  })

  it('gives the same through a plan that the client merges itself', async () => {
    await using opened = await openContainer({ throughput: 21_000 })
    await fill(opened.container)
    const merged = [
      'SELECT VALUE c.id FROM c WHERE c.size > 5 ORDER BY c.size DESC',
      'SELECT VALUE COUNT(1) FROM c',
      'SELECT VALUE AVG(c.size) FROM c WHERE c.tenantId = "t"',
      'SELECT c.kind, COUNT(1) AS n FROM c WHERE c.tenantId = "t" GROUP BY c.kind',
      'SELECT DISTINCT VALUE c.kind FROM c WHERE c.tenantId = "t"',
      'SELECT TOP 2 c.id FROM c ORDER BY c.id',
      'SELECT c.id FROM c ORDER BY c.id OFFSET 1 LIMIT 2',
    ]

    for (const query of merged) {
      const { resources } = await opened.container.items.query(query, { forceQueryPlan: true }).fetchAll()
      expect([query, resources]).toEqual([query, await run(opened.container, query)])
    }
  })

  it('takes parameters of any JSON type', async () => {
    await using opened = await openContainer()
    await fill(opened.container)
    const { container } = opened

    expect(
      await run(container, 'SELECT VALUE c.id FROM c WHERE ARRAY_CONTAINS(@ids, c.id)', {
        ids: ['2', '9', '5'],
      }),
    ).toEqual(['2', '5'])
    expect(await run(container, 'SELECT VALUE c.id FROM c WHERE c.tags = @tags', { tags: ['b'] })).toEqual([
      '2',
    ])
    expect(
      await run(
        container,
        'SELECT VALUE c.id FROM c WHERE c.id > @last ORDER BY c.id OFFSET 0 LIMIT @limit',
        { last: '2', limit: 2 },
      ),
    ).toEqual(['3', '4'])
    expect(await run(container, 'SELECT TOP @n VALUE c.id FROM c', { n: 1 })).toEqual(['1'])
    expect(await statusOf(container.items.query('SELECT VALUE @missing FROM c').fetchAll() as never)).toBe(
      400,
    )
  })

  it('with a partition key is confined to it, whatever its WHERE says', async () => {
    await using opened = await openContainer()
    await fill(opened.container)
    const confined = async (query: string): Promise<unknown[]> =>
      (await opened.container.items.query(query, { partitionKey: 'u' }).fetchAll()).resources

    expect(await confined('SELECT VALUE c.id FROM c')).toEqual(['4', '5'])
    expect(await confined('SELECT VALUE c.id FROM c WHERE c.tenantId = "t"')).toEqual([])
    expect(await confined('SELECT VALUE c.id FROM c WHERE true OR c.tenantId = "t"')).toEqual(['4', '5'])
    expect(await confined('SELECT VALUE COUNT(1) FROM c')).toEqual([2])
  })

  it('with a prefix of a hierarchical key holds that prefix alone', async () => {
    await using opened = await openContainer(hierarchicalKey('/tenantId', '/jobId', '/n'))
    const { container } = opened
    for (const [tenantId, jobId, n] of [
      ['t', 'j', 1],
      ['t', 'j', 2],
      ['t', 'k', 1],
      ['t2', 'j', 1],
      ['t', null, 1],
    ] as const)
      await container.items.create({ id: `${tenantId}-${jobId}-${n}`, tenantId, jobId, n })
    const ids = async (partitionKey: (string | number)[]): Promise<unknown[]> =>
      (await container.items.query('SELECT VALUE c.id FROM c', { partitionKey }).fetchAll()).resources

    expect(await ids(['t'])).toEqual(['t-j-1', 't-j-2', 't-k-1', 't-null-1'])
    expect(await ids(['t', 'j'])).toEqual(['t-j-1', 't-j-2'])
    expect(await ids(['t', 'j', 2])).toEqual(['t-j-2'])
    expect(
      await run(container, 'SELECT VALUE c.id FROM c WHERE c.tenantId = "t" AND c.jobId = null'),
    ).toEqual(['t-null-1'])
  })

  it.each([
    'SELEC * FROM c',
    'SELECT FROM c',
    'SELECT * FROM',
    'SELECT * FROM c WHERE',
    'SELECT c.order FROM c',
    'SELECT c.value FROM c',
    'SELECT * FROM c LIMIT 1',
    'SELECT * FROM c WHERE x.id = 1',
    'SELECT NOSUCH(c) FROM c',
    'SELECT c.id, COUNT(1) FROM c',
    'SELECT * FROM c JOIN t IN c.tags',
    'SELECT * FROM c WHERE c.a = "x',
    'SELECT * FROM c WHERE COUNT(1) > 1',
    'SELECT * FROM c ORDER BY c.a + 1',
    'SELECT * FROM c ORDER BY c.a, c.b',
    'SELECT c.a, c.a FROM c',
    'SELECT TOP -1 * FROM c',
    'SELECT c.kind, COUNT(1) FROM c GROUP BY c.kind ORDER BY c.kind',
    '',
    '(',
    `SELECT * FROM c WHERE ${'('.repeat(5000)}1`,
    `SELECT VALUE ${'1+'.repeat(50_000)}1`,
    'SELECT * FROM c /*',
  ])('that is wrong is refused with a message: %.60s', async (query) => {
    await using opened = await openContainer()

    await expect(opened.container.items.query(query).fetchAll()).rejects.toMatchObject({
      code: 400,
      message: expect.stringMatching(/.{10}/),
    })
  })

  it('sorts by several keys where a composite index says so', async () => {
    const order = (kind: 'ascending' | 'descending', size: 'ascending' | 'descending') => [
      { path: '/kind', order: kind },
      { path: '/size', order: size },
    ]
    await using opened = await openContainer({
      indexingPolicy: { compositeIndexes: [order('ascending', 'descending')] } as never,
    })
    await fill(opened.container)

    expect(await run(opened.container, 'SELECT VALUE c.id FROM c ORDER BY c.kind, c.size DESC')).toEqual([
      '5',
      '4',
      '1',
      '3',
      '2',
    ])
    expect(await run(opened.container, 'SELECT VALUE c.id FROM c ORDER BY c.kind DESC, c.size')).toEqual([
      '2',
      '3',
      '1',
      '4',
      '5',
    ])
    expect(
      await statusOf(
        opened.container.items.query('SELECT * FROM c ORDER BY c.kind, c.size').fetchAll() as never,
      ),
    ).toBe(400)
  })

  it('knows computed properties', async () => {
    await using opened = await openContainer({
      computedProperties: [{ name: 'upper', query: 'SELECT VALUE UPPER(c.kind) FROM c' }],
    })
    await fill(opened.container)

    expect(await run(opened.container, 'SELECT c.upper FROM c WHERE c.upper = "VIDEO"')).toEqual([
      { upper: 'VIDEO' },
    ])
    expect((await run(opened.container, 'SELECT * FROM c'))[0]).not.toHaveProperty('upper')
  })

  it('runs no longer than it may', async () => {
    await using opened = await openContainer()
    await opened.container.items.create({
      id: 'a',
      tenantId: 't',
      list: Array.from({ length: 3000 }, (_, n) => n),
    })
    const endless = 'SELECT VALUE COUNT(1) FROM c JOIN a IN c.list JOIN b IN c.list JOIN d IN c.list'

    expect(await statusOf(opened.container.items.query(endless).fetchAll() as never)).toBe(408)
  }, 30_000)
})
