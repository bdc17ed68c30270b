import type { Container, ContainerRequest } from '@azure/cosmos'
import { describe, expect, it } from '@jest/globals'

import { openContainer, statusOf } from './open-container.ts'

const documents = [
  { id: '1', tenantId: 't', name: 'Ada Lovelace', price: 10, upper: 'stored' },
  { id: '2', tenantId: 't', name: 'Bob', price: 20 },
  { id: '3', tenantId: 't', price: 30 },
]

async function filled(...computedProperties: { name: string; query: string }[]) {
  const opened = await openContainer({ computedProperties })
  for (const document of documents) await opened.container.items.create(document)
  return opened
}

async function run(container: Container, query: string): Promise<unknown[]> {
  return (await container.items.query(query).fetchAll()).resources
}

describe('a computed property', () => {
  it('is a property in SELECT, WHERE, GROUP BY and ORDER BY, whatever the query calls the document', async () => {
    await using opened = await filled(
      { name: 'upper', query: 'SELECT VALUE UPPER(d.name) FROM d' },
      { name: 'discount', query: 'SELECT VALUE c.price * 0.2 FROM c' },
      {
        name: 'label',
        query: 'SELECT VALUE LOWER(IS_DEFINED(c.name) ? c.name : c.list[0].name) FROM root c',
      },
    )
    const { container } = opened

    expect(await run(container, 'SELECT r.upper, r.discount FROM r WHERE r.upper = "BOB"')).toEqual([
      { upper: 'BOB', discount: 4 },
    ])
    expect(
      await run(container, 'SELECT VALUE c.id FROM c WHERE c["discount"] > 3 ORDER BY c.discount DESC'),
    ).toEqual(['3', '2'])
    expect(await run(container, 'SELECT c.upper, COUNT(1) AS n FROM c GROUP BY c.upper')).toEqual([
      { upper: 'ADA LOVELACE', n: 1 },
      { upper: 'BOB', n: 1 },
      { n: 1 },
    ])
    expect(await run(container, 'SELECT VALUE COUNT(1) FROM c WHERE IS_DEFINED(c.upper)')).toEqual([2])
    expect(
      await run(
        container,
        'SELECT VALUE c.id FROM c WHERE EXISTS(SELECT VALUE 1 FROM x IN (SELECT VALUE [c.upper]) WHERE x = "BOB")',
      ),
    ).toEqual(['2'])
  })

  it('stands before a stored one of the same name, but is not in SELECT *', async () => {
    await using opened = await filled({ name: 'upper', query: 'SELECT VALUE UPPER(c.name) FROM c' })

    expect(await run(opened.container, 'SELECT VALUE c.upper FROM c')).toEqual(['ADA LOVELACE', 'BOB'])
    const all = (await run(opened.container, 'SELECT * FROM c')) as { upper?: string }[]
    expect(all.map(({ upper }) => upper)).toEqual(['stored', undefined, undefined])
  })

  it('may speak of the stored property of its own name', async () => {
    await using opened = await filled({ name: 'upper', query: 'SELECT VALUE CONCAT(c.upper, "!") FROM c' })

    expect(await run(opened.container, 'SELECT VALUE c.upper FROM c')).toEqual(['stored!'])
  })

  it('may make a list of a subquery', async () => {
    await using opened = await filled({
      name: 'words',
      query:
        'SELECT VALUE ARRAY(SELECT VALUE LENGTH(w) FROM w IN (SELECT VALUE StringSplit(c.name, " "))) FROM c',
    })

    expect(
      await run(
        opened.container,
        'SELECT VALUE {w: c.words, x: ARRAY(SELECT VALUE x + 1 FROM x IN c.words)} FROM c',
      ),
    ).toEqual([
      { w: [3, 8], x: [4, 9] },
      { w: [3], x: [4] },
      { w: [], x: [] },
    ])
  })

  it('can be changed, and is then another', async () => {
    await using opened = await filled({ name: 'p', query: 'SELECT VALUE c.price FROM c' })
    const { container } = opened
    const { resource } = await container.read()

    await container.replace({
      ...(resource as ContainerRequest & { id: string }),
      computedProperties: [{ name: 'p', query: 'SELECT VALUE c.price + 1 FROM c' }],
    } as never)

    expect(await run(container, 'SELECT VALUE c.p FROM c')).toEqual([11, 21, 31])
  })

  const value = (expression: string) => ({ name: 'p', query: `SELECT VALUE ${expression} FROM c` })
  it.each([
    ['no name', [{ query: 'SELECT VALUE 1 FROM c' }]],
    ['a system name', [{ name: '_ts', query: 'SELECT VALUE 1 FROM c' }]],
    ['a name twice', [value('1'), value('2')]],
    ['no query', [{ name: 'p' }]],
    ['too many', Array.from({ length: 21 }, (_, n) => ({ ...value('1'), name: `p${n}` }))],
    ['no SQL', [{ name: 'p', query: 'UPPER(c.name)' }]],
    ['no VALUE', [{ name: 'p', query: 'SELECT c.name FROM c' }]],
    ['no FROM', [{ name: 'p', query: 'SELECT VALUE 1' }]],
    ['a path in FROM', [{ name: 'p', query: 'SELECT VALUE n FROM c.name n' }]],
    ['WHERE', [{ name: 'p', query: 'SELECT VALUE 1 FROM c WHERE c.x' }]],
    ['a JOIN', [{ name: 'p', query: 'SELECT VALUE 1 FROM c JOIN d IN c.list' }]],
    ['ORDER BY', [{ name: 'p', query: 'SELECT VALUE 1 FROM c ORDER BY c.x' }]],
    ['DISTINCT', [{ name: 'p', query: 'SELECT DISTINCT VALUE 1 FROM c' }]],
    ['TOP', [{ name: 'p', query: 'SELECT TOP 1 VALUE 1 FROM c' }]],
    ['an aggregate', [value('COUNT(1)')]],
    ['the time', [value('GetCurrentTimestamp()')]],
    ['chance', [value('RAND()')]],
    ['a shape', [value('ST_ISVALID(c.x)')]],
    ['a user-defined function', [value('udf.f(c.x)')]],
    ['a subquery', [value('EXISTS(SELECT VALUE 1 FROM d IN c.list)')]],
    ['a parameter', [value('@p')]],
    ['an unknown function', [value('NOSUCH(c.x)')]],
    ['another name', [value('d.x')]],
    ['no list', 'SELECT VALUE 1 FROM c'],
  ])('is refused at the making of its container for %s', async (_, computedProperties) => {
    await using opened = await openContainer()

    const making = opened.database.containers.create({
      id: 'other',
      partitionKey: '/tenantId',
      computedProperties,
    } as never)

    expect(await statusOf(making as never)).toBe(400)
    expect((await opened.database.containers.readAll().fetchAll()).resources).toHaveLength(1)
  })
})
