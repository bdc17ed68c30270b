import { ChangeFeedStartFrom } from '@azure/cosmos'
import { describe, expect, it } from '@jest/globals'

import { openContainer, statusOf } from './open-container.ts'

async function openWithClock(defaultTtl: number | undefined) {
  const time = { now: Date.UTC(2026, 0, 1) }
  const opened = await openContainer(defaultTtl === undefined ? {} : { defaultTtl }, {
    clock: () => time.now,
  })
  return { opened, pass: (seconds: number) => (time.now += seconds * 1000) }
}

describe('time to live', () => {
  it('hides an expired document at once, from reads, queries, counts and the change feed', async () => {
    const { opened, pass } = await openWithClock(-1)
    await using _ = opened
    const { container } = opened
    await container.items.create({ id: 'short', tenantId: 't', ttl: 10 })
    await container.items.create({ id: 'long', tenantId: 't' })
    pass(9)
    expect((await container.item('short', 't').read()).statusCode).toBe(200)
    pass(1)

    expect((await container.item('short', 't').read()).statusCode).toBe(404)
    expect(await statusOf(container.item('short', 't').delete())).toBe(404)
    expect((await container.items.query('SELECT VALUE c.id FROM c').fetchAll()).resources).toEqual(['long'])
    expect((await container.items.query('SELECT VALUE COUNT(1) FROM c').fetchAll()).resources).toEqual([1])
    const { result } = await container.items
      .getChangeFeedIterator<{ id: string }>({ changeFeedStartFrom: ChangeFeedStartFrom.Beginning() })
      .readNext()
    expect(result.map(({ id }) => id)).toEqual(['long'])
  })

  it('lets the id be used again, and a write begin anew', async () => {
    const { opened, pass } = await openWithClock(10)
    await using _ = opened
    const { container } = opened
    await container.items.create({ id: 'a', tenantId: 't' })
    pass(6)
    await container.items.upsert({ id: 'a', tenantId: 't' })
    pass(6)
    expect((await container.item('a', 't').read()).statusCode).toBe(200)
    pass(4)

    expect((await container.item('a', 't').read()).statusCode).toBe(404)
    expect(await statusOf(container.items.create({ id: 'a', tenantId: 't' }))).toBe(201)
  })

  it('means nothing where the container has none, until it is given one', async () => {
    const { opened, pass } = await openWithClock(undefined)
    await using _ = opened
    const { container } = opened
    await container.items.create({ id: 'a', tenantId: 't', ttl: 5 })
    pass(60)
    expect((await container.item('a', 't').read()).statusCode).toBe(200)

    const { resource } = await container.read()
    await container.replace({ ...resource, id: 'things', defaultTtl: -1 } as never)

    expect((await container.item('a', 't').read()).statusCode).toBe(404)
  })
})
