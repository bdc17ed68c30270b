import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { describe, expect, it } from '@jest/globals'

import { startCosmosEmulator } from '../src/index.ts'
import { clientOf, openContainer, statusOf } from './open-container.ts'

const queries = [
  'SELECT VALUE c.id FROM c',
  'SELECT VALUE c.id FROM c ORDER BY c.id',
  'SELECT VALUE c.id FROM c ORDER BY c.id DESC',
  'SELECT VALUE c.id FROM c ORDER BY c.n',
  'SELECT VALUE c.id FROM c ORDER BY c.n DESC',
  'SELECT VALUE CONCAT(c.id, t) FROM c JOIN t IN c.tags',
  'SELECT DISTINCT VALUE c.n FROM c',
  'SELECT c.n, COUNT(1) AS k FROM c GROUP BY c.n',
  'SELECT VALUE c.id FROM c OFFSET 5 LIMIT 17',
  'SELECT VALUE c.id FROM c ORDER BY c.n OFFSET 5 LIMIT 17',
  'SELECT TOP 11 VALUE c.id FROM c',
  'SELECT VALUE d FROM (SELECT DISTINCT VALUE c.id FROM c) AS d',
]

describe('pages of a query', () => {
  it('do not go on in another container', async () => {
    await using opened = await openContainer()
    const { container: another } = await opened.database.containers.create({ id: 'others' })
    const query = 'SELECT * FROM c ORDER BY c.id'
    for (const id of ['a', 'b']) await opened.container.items.create({ id, tenantId: 't' })
    const { continuationToken } = await opened.container.items.query(query, { maxItemCount: 1 }).fetchNext()

    expect(
      await statusOf(
        another.items.query(query, { continuationToken: continuationToken! }).fetchNext() as never,
      ),
    ).toBe(400)
  })

  it.each(queries)('together hold what one page would: %s', async (query) => {
    await using opened = await openContainer()
    const { container } = opened
    await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        container.items.create({
          id: `é${String(n * 7).padStart(3, '0')}`,
          tenantId: `t${n % 3}`,
          n: n % 7,
          tags: ['a', 'b', 'c'],
        }),
      ),
    )
    const whole = (await container.items.query(query, { maxItemCount: 1000 }).fetchAll()).resources

    const pieces: unknown[] = []
    let continuationToken: string | undefined
    let pages = 0
    do {
      const iterator = container.items.query(query, {
        maxItemCount: 4,
        ...(continuationToken ? { continuationToken } : {}),
      })
      const page = await iterator.fetchNext()
      pieces.push(...page.resources)
      continuationToken = page.continuationToken
      pages += 1
    } while (continuationToken && pages < 100)

    expect(pieces).toEqual(whole)
    expect(pages).toBe(Math.ceil(whole.length / 4))
  })

  it('neither repeat nor lose a document while others come and go', async () => {
    await using opened = await openContainer()
    const { container } = opened
    const create = (n: number) => container.items.create({ id: `i${n}`, tenantId: 't', n })
    for (let n = 10; n < 30; n += 1) await create(n)

    const iterator = container.items.query('SELECT VALUE c.n FROM c ORDER BY c.n', { maxItemCount: 5 })
    const first = (await iterator.fetchNext()).resources
    await create(1)
    await container.item('i12', 't').delete()
    const rest: unknown[] = []
    while (iterator.hasMoreResults()) rest.push(...((await iterator.fetchNext()).resources ?? []))

    expect([...first, ...rest]).toEqual(Array.from({ length: 20 }, (_, n) => n + 10))
  })

  it('go on in another process, and refuse a token of another query', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'cosmos-'))
    let continuationToken: string | undefined
    {
      await using opened = await openContainer({}, { dataDirectory: folder.path })
      for (let n = 0; n < 6; n += 1) await opened.container.items.create({ id: `i${n}`, tenantId: 't', n })
      const page = await opened.container.items
        .query('SELECT VALUE c.id FROM c ORDER BY c.n', { maxItemCount: 4 })
        .fetchNext()
      continuationToken = page.continuationToken
    }
    await using emulator = await startCosmosEmulator({ dataDirectory: folder.path })
    const client = clientOf(emulator)
    const { items } = client.database('media').container('things')
    const options = continuationToken ? { continuationToken } : {}

    const { resources } = await items.query('SELECT VALUE c.id FROM c ORDER BY c.n', options).fetchNext()
    const refused = items.query('SELECT VALUE c.id FROM c', options).fetchNext()

    expect(resources).toEqual(['i4', 'i5'])
    await expect(refused).rejects.toMatchObject({ code: 400 })
    client.dispose()
  })

  it('go on behind sort values that no token can hold, whatever is written meanwhile', async () => {
    await using opened = await openContainer()
    const { items } = opened.container
    const long = 'é'.repeat(3000)
    for (let n = 0; n < 9; n += 1) await items.create({ id: `i${n}`, tenantId: 't', text: `${long}${n}` })
    const query = 'SELECT VALUE c.id FROM c ORDER BY c.text'
    const first = await items.query(query, { maxItemCount: 4 }).fetchNext()
    await items.create({ id: 'before', tenantId: 't', text: `${long}!` })
    await opened.container.item('i1', 't').delete()
    const continuationToken = String(first.continuationToken)
    const second = await items.query(query, { continuationToken }).fetchNext()

    expect(continuationToken.length).toBeLessThan(1024)
    expect([...first.resources, ...second.resources]).toEqual(ids(9))
  })

  it('end where an answer would be larger than 4 MB', async () => {
    await using opened = await openContainer()
    const { items } = opened.container
    for (const id of ids(5)) await items.create({ id, tenantId: 't', text: 'x'.repeat(1_500_000) })
    const iterator = items.query('SELECT * FROM c ORDER BY c.id')
    const first = await iterator.fetchNext()

    expect(first.resources).toHaveLength(2)
    expect((await iterator.fetchAll()).resources.map(({ id }: { id: string }) => id)).toEqual(ids(5))
  })

  it('hold the sort values in the token where the client has room for it', async () => {
    await using opened = await openContainer()
    const { items } = opened.container
    for (let n = 0; n < 3; n += 1)
      await items.create({ id: `i${n}`, tenantId: 't', text: `${'x'.repeat(2000)}${n}` })
    const query = 'SELECT VALUE c.id FROM c ORDER BY c.text'
    const options = { maxItemCount: 1, continuationTokenLimitInKB: 4 }
    const { continuationToken } = await items.query(query, options).fetchNext()
    // The document that the token is behind may go.
    await opened.container.item('i0', 't').delete()

    expect(continuationToken.length).toBeGreaterThan(2000)
    expect((await items.query(query, { continuationToken }).fetchAll()).resources).toEqual(['i1', 'i2'])
  })
})

function ids(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `i${n}`)
}
