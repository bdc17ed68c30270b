import { PatchOperationType } from '@azure/cosmos'
import { describe, expect, it } from '@jest/globals'

import { hierarchicalKey, openContainer, statusOf } from './open-container.ts'

describe('a document', () => {
  it('comes back as it was stored, with the system properties of the service', async () => {
    await using opened = await openContainer()
    const { container } = opened

    const created = await container.items.create({
      id: 'a',
      tenantId: 't',
      deep: { list: [1, null, 'ü'] },
      _ts: 5,
    })
    const read = await container.item('a', 't').read()

    expect(created.statusCode).toBe(201)
    expect(read.statusCode).toBe(200)
    expect(read.resource).toMatchObject({ id: 'a', tenantId: 't', deep: { list: [1, null, 'ü'] } })
    expect(Object.keys(read.resource)).toEqual(
      expect.arrayContaining(['_rid', '_self', '_etag', '_attachments', '_ts']),
    )
    expect(read.resource._ts).toBeGreaterThan(1_700_000_000)
    expect(read.etag).toBe(read.resource._etag)
    expect(read.requestCharge).toBeGreaterThanOrEqual(1)
    expect(read.headers['x-ms-session-token']).toMatch(/^0:-1#\d+$/)
    expect(read.activityId).not.toBe(created.activityId)
  })

  it('answers each operation with the status of the service', async () => {
    await using opened = await openContainer()
    const { container } = opened
    const item = container.item('a', 't')
    const document = { id: 'a', tenantId: 't', n: 1 }

    const statuses = {
      readMissing: await statusOf(item.read()),
      deleteMissing: await statusOf(item.delete()),
      replaceMissing: await statusOf(item.replace(document)),
      create: await statusOf(container.items.create(document)),
      createAgain: await statusOf(container.items.create(document)),
      createInOtherPartition: await statusOf(container.items.create({ ...document, tenantId: 'u' })),
      upsertExisting: await statusOf(container.items.upsert({ ...document, n: 2 })),
      upsertNew: await statusOf(container.items.upsert({ ...document, id: 'b' })),
      replace: await statusOf(item.replace({ ...document, n: 3 })),
      replaceOtherId: await statusOf(item.replace({ ...document, id: 'z' })),
      wrongPartition: await statusOf(container.item('a', 'other').replace(document)),
      badTtl: await statusOf(container.items.create({ id: 'ttl', tenantId: 't', ttl: 0 })),
      delete: await statusOf(item.delete()),
      readDeleted: await statusOf(item.read()),
    }

    expect(statuses).toEqual({
      readMissing: 404,
      deleteMissing: 404,
      replaceMissing: 404,
      create: 201,
      createAgain: 409,
      createInOtherPartition: 201,
      upsertExisting: 200,
      upsertNew: 201,
      replace: 200,
      replaceOtherId: 400,
      wrongPartition: 400,
      badTtl: 400,
      delete: 204,
      readDeleted: 404,
    })
  })

  it('is guarded by its etag', async () => {
    await using opened = await openContainer()
    const { container } = opened
    const first = await container.items.create({ id: 'a', tenantId: 't' })
    const item = container.item('a', 't')
    const stale = { type: 'IfMatch', condition: first.etag }
    const second = await item.replace({ id: 'a', tenantId: 't', n: 2 }, { accessCondition: stale })

    expect(second.etag).not.toBe(first.etag)
    expect(await statusOf(item.replace({ id: 'a', tenantId: 't' }, { accessCondition: stale }))).toBe(412)
    expect(await statusOf(item.delete({ accessCondition: stale }))).toBe(412)
    expect(
      await statusOf(container.items.upsert({ id: 'a', tenantId: 't' }, { accessCondition: stale })),
    ).toBe(412)
    const known = { type: 'IfNoneMatch', condition: second.etag }
    expect(await statusOf(item.read({ accessCondition: known }))).toBe(304)
    expect(await statusOf(item.read({ accessCondition: { ...known, condition: first.etag } }))).toBe(200)
  })

  it('goes to exactly one of many writers with the same etag', async () => {
    await using opened = await openContainer()
    const { container } = opened
    const { etag } = await container.items.create({ id: 'a', tenantId: 't', n: 0 })
    const accessCondition = { type: 'IfMatch', condition: etag }

    const statuses = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        statusOf(container.item('a', 't').replace({ id: 'a', tenantId: 't', n }, { accessCondition })),
      ),
    )

    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
    expect(statuses.filter((status) => status === 412)).toHaveLength(11)
  })

  it('may have an id of any characters but / \\ ? #', async () => {
    await using opened = await openContainer()
    const { container } = opened
    for (const id of ['a b', 'ü😀', 'a%2Fb', "it's", 'a&b=c+d', '"quoted"', '..x']) {
      await container.items.create({ id, tenantId: 't/?#' })
      expect((await container.item(id, 't/?#').read()).resource?.id).toBe(id)
    }
  })

  it('over 2 MB is refused', async () => {
    await using opened = await openContainer()
    const body = { id: 'big', tenantId: 't', text: 'x'.repeat(2.1 * 1024 * 1024) }

    expect(await statusOf(opened.container.items.create(body))).toBe(413)
  })

  it('may lack its partition key, or have null for it', async () => {
    await using opened = await openContainer()
    const { container } = opened
    await container.items.create({ id: 'none' })
    await container.items.create({ id: 'null', tenantId: null })

    expect((await container.item('none', undefined).read()).resource?.id).toBe('none')
    expect((await container.item('null', null).read()).resource?.id).toBe('null')
    expect((await container.item('null', undefined).read()).statusCode).toBe(404)
  })

  it('has unique keys of several paths, per partition', async () => {
    await using opened = await openContainer({
      uniqueKeyPolicy: { uniqueKeys: [{ paths: ['/first', '/last'] }] },
    })
    const { container } = opened
    await container.items.create({ id: '1', tenantId: 't', first: 'a', last: 'b' })

    expect(await statusOf(container.items.create({ id: '2', tenantId: 't', first: 'a', last: 'b' }))).toBe(
      409,
    )
    expect(await statusOf(container.items.create({ id: '3', tenantId: 't', first: 'a', last: 'c' }))).toBe(
      201,
    )
    expect(await statusOf(container.items.create({ id: '4', tenantId: 'u', first: 'a', last: 'b' }))).toBe(
      201,
    )
    expect(
      await statusOf(container.item('3', 't').replace({ id: '3', tenantId: 't', first: 'a', last: 'b' })),
    ).toBe(409)
    await container.item('1', 't').delete()
    expect(await statusOf(container.items.create({ id: '5', tenantId: 't', first: 'a', last: 'b' }))).toBe(
      201,
    )
  })
})

describe('a patch', () => {
  it('knows every operation', async () => {
    await using opened = await openContainer(hierarchicalKey('/tenantId', '/jobId'))
    const { container } = opened
    await container.items.create({
      id: 'a',
      tenantId: 't',
      jobId: 'j',
      n: 1,
      tags: ['x'],
      old: true,
      from: 7,
    })

    const { resource } = await container
      .item('a', ['t', 'j'])
      .patch([
        { op: PatchOperationType.incr, path: '/n', value: 2.5 },
        { op: PatchOperationType.add, path: '/tags/0', value: 'first' },
        { op: PatchOperationType.add, path: '/tags/-', value: 'last' },
        { op: PatchOperationType.set, path: '/deep', value: { a: 1 } },
        { op: PatchOperationType.set, path: '/deep/b', value: null },
        { op: PatchOperationType.replace, path: '/tags/1', value: 'y' },
        { op: PatchOperationType.remove, path: '/old' },
        { op: 'move' as never, from: '/from', path: '/deep/to' } as never,
      ])

    expect(resource).toMatchObject({ n: 3.5, tags: ['first', 'y', 'last'], deep: { a: 1, b: null, to: 7 } })
    expect(resource).not.toHaveProperty('old')
    expect(resource).not.toHaveProperty('from')
  })

  it.each(['/"my tenant"', '/"my tenant"/id'])(
    'never changes a partition key, also in quotes: %s',
    async (path) => {
      await using opened = await openContainer({ partitionKey: { paths: [path] } })
      const { container } = opened
      const key = path.endsWith('id') ? { id: 't' } : 't'
      await container.items.create({ id: 'a', 'my tenant': key })

      const operations = [{ op: 'set', path: '/my tenant', value: { id: 'u' } }] as never
      expect(await statusOf(container.item('a', 't').patch(operations))).toBe(400)
    },
  )

  it('is refused whole where one operation cannot be', async () => {
    await using opened = await openContainer()
    const { container } = opened
    await container.items.create({ id: 'a', tenantId: 't', n: 1, text: 'x', large: 1e308 })
    const refused = [
      { op: 'replace', path: '/missing', value: 1 },
      { op: 'remove', path: '/missing' },
      { op: 'incr', path: '/text', value: 1 },
      { op: 'set', path: '/id', value: 'b' },
      { op: 'set', path: '/tenantId', value: 'u' },
      { op: 'set', path: '/no/parent', value: 1 },
      { op: 'turn', path: '/n', value: 1 },
      { op: 'set', path: 'n', value: 1 },
      { op: 'incr', path: '/large', value: 1e308 },
    ]

    for (const operation of refused) {
      const operations = [{ op: 'incr', path: '/n', value: 1 }, operation] as never
      expect(await statusOf(container.item('a', 't').patch(operations))).toBe(400)
    }
    const tooMany = Array.from({ length: 11 }, () => ({ op: 'incr', path: '/n', value: 1 }))
    expect(await statusOf(container.item('a', 't').patch(tooMany as never))).toBe(400)
    expect((await container.item('a', 't').read()).resource.n).toBe(1)
  })

  it('happens only where its condition holds', async () => {
    await using opened = await openContainer()
    const { container } = opened
    await container.items.create({ id: 'a', tenantId: 't', n: 1 })
    const patch = {
      condition: 'from c where c.n = 1',
      operations: [{ op: 'incr', path: '/n', value: 1 }],
    } as never

    expect(await statusOf(container.item('a', 't').patch(patch))).toBe(200)
    expect(await statusOf(container.item('a', 't').patch(patch))).toBe(412)
    expect(await statusOf(container.item('none', 't').patch(patch))).toBe(404)
  })
})
