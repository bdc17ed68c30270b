import { ChangeFeedStartFrom } from '@azure/cosmos'
import { describe, expect, it } from '@jest/globals'

import { hierarchicalKey, openContainer } from './open-container.ts'

const job = { tenantId: 't', jobId: 'j' }
const key = ['t', 'j']

describe('a transactional batch', () => {
  it('stores all of its operations', async () => {
    await using opened = await openContainer(hierarchicalKey('/tenantId', '/jobId'))
    const { container } = opened
    await container.items.create({ id: 'old', ...job, n: 1 })

    const response = await container.items.batch(
      [
        { operationType: 'Create', resourceBody: { id: 'a', ...job } },
        { operationType: 'Upsert', resourceBody: { id: 'b', ...job } },
        { operationType: 'Read', id: 'a' },
        {
          operationType: 'Patch',
          id: 'old',
          resourceBody: { operations: [{ op: 'incr', path: '/n', value: 1 }] } as never,
        },
        { operationType: 'Replace', id: 'b', resourceBody: { id: 'b', ...job, n: 2 } },
        { operationType: 'Delete', id: 'a' },
      ],
      key,
    )

    expect(response.code).toBe(200)
    expect(response.result?.map(({ statusCode }) => statusCode)).toEqual([201, 201, 200, 200, 200, 204])
    expect(response.result?.[3]?.resourceBody).toMatchObject({ id: 'old', n: 2 })
    expect(response.result?.[0]?.eTag).toMatch(/^".+"$/)
    const { resources } = await container.items.query('SELECT VALUE c.id FROM c ORDER BY c.id').fetchAll()
    expect(resources).toEqual(['b', 'old'])
  })

  it.each([
    ['an id that is taken', { operationType: 'Create', resourceBody: { id: 'old', ...job } }, 409],
    [
      'a document that is missing',
      { operationType: 'Replace', id: 'x', resourceBody: { id: 'x', ...job } },
      404,
    ],
    [
      'a stale etag',
      { operationType: 'Replace', id: 'old', ifMatch: '"0"', resourceBody: { id: 'old', ...job } },
      412,
    ],
    [
      'another partition',
      { operationType: 'Create', resourceBody: { id: 'x', tenantId: 't', jobId: 'other' } },
      400,
    ],
    [
      'a patch condition',
      {
        operationType: 'Patch',
        id: 'old',
        resourceBody: {
          condition: 'from c where c.n = 9',
          operations: [{ op: 'incr', path: '/n', value: 1 }],
        },
      },
      412,
    ],
  ])('stores nothing when one fails by %s', async (_, failing, status) => {
    await using opened = await openContainer(hierarchicalKey('/tenantId', '/jobId'))
    const { container } = opened
    await container.items.create({ id: 'old', ...job, n: 1 })

    const response = await container.items.batch(
      [
        { operationType: 'Create', resourceBody: { id: 'a', ...job } },
        { operationType: 'Delete', id: 'old' },
        { operationType: 'Create', resourceBody: { id: 'old', ...job, n: 1 } },
        failing as never,
        { operationType: 'Create', resourceBody: { id: 'b', ...job } },
      ],
      key,
    )

    expect(response.code).toBe(207)
    expect(response.result?.map(({ statusCode }) => statusCode)).toEqual([424, 424, 424, status, 424])
    const { resources } = await container.items.query('SELECT VALUE c.id FROM c').fetchAll()
    expect(resources).toEqual(['old'])
  })

  it('is heard of by the change feed only when it was stored', async () => {
    await using opened = await openContainer(hierarchicalKey('/tenantId', '/jobId'))
    const { container } = opened
    const create = (id: string) => ({ operationType: 'Create' as const, resourceBody: { id, ...job } })
    await container.items.batch([create('a'), create('a')], key)
    await container.items.batch([create('b'), create('c')], key)

    const { result } = await container.items
      .getChangeFeedIterator<{ id: string }>({ changeFeedStartFrom: ChangeFeedStartFrom.Beginning() })
      .readNext()

    expect(result.map(({ id }) => id)).toEqual(['b', 'c'])
  })
})

describe('bulk', () => {
  it('answers each operation on its own', async () => {
    await using opened = await openContainer()
    const { container } = opened

    const results = await container.items.executeBulkOperations([
      { operationType: 'Create', partitionKey: 't', resourceBody: { id: 'a', tenantId: 't' } },
      { operationType: 'Create', partitionKey: 'u', resourceBody: { id: 'b', tenantId: 'u' } },
      { operationType: 'Read', partitionKey: 'u', id: 'nowhere' },
    ])

    expect(results.map(({ response, error }) => response?.statusCode ?? error?.code)).toEqual([201, 201, 404])
  })
})
