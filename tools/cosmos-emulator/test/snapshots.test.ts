import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { describe, expect, it } from '@jest/globals'

import { openContainer, statusOf } from './open-container.ts'
import type { OpenedContainer } from './open-container.ts'

const idsOf = async ({ container }: OpenedContainer): Promise<unknown[]> =>
  (await container.items.query('SELECT VALUE c.id FROM c ORDER BY c.id').fetchAll()).resources

describe.each(['in memory', 'on disk'])('a snapshot of an emulator %s', (where) => {
  it('brings back what was stored, while clients go on', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'cosmos-snapshot-'))
    const options = where === 'on disk' ? { dataDirectory: folder.path } : {}
    await using opened = await openContainer(
      { uniqueKeyPolicy: { uniqueKeys: [{ paths: ['/name'] }] } },
      options,
    )
    const { container, database, emulator } = opened
    await container.items.create({ id: 'a', tenantId: 't', name: 'ada' })
    const snapshot = await emulator.snapshot()
    await container.items.create({ id: 'b', tenantId: 't', name: 'bob' })
    await container.item('a', 't').delete()
    await database.containers.create({ id: 'later' })

    await emulator.restore(snapshot)

    expect(await idsOf(opened)).toEqual(['a'])
    expect(await statusOf(database.container('later').read())).toBe(404)
    expect(await statusOf(container.items.create({ id: 'c', tenantId: 't', name: 'ada' }))).toBe(409)
    expect(await statusOf(container.items.create({ id: 'b', tenantId: 't', name: 'bob' }))).toBe(201)

    await emulator.restore(snapshot)
    expect(await idsOf(opened)).toEqual(['a'])
    if (where === 'in memory') return
    await emulator.close()
    await using again = await openContainer({}, options)
    expect(await idsOf(again)).toEqual(['a'])
  })

  it('can be taken and restored while requests run: none fails, none is half', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'cosmos-snapshot-'))
    await using opened = await openContainer({}, where === 'on disk' ? { dataDirectory: folder.path } : {})
    const { container, emulator } = opened
    await container.items.create({ id: 'a', tenantId: 't' })
    const snapshot = await emulator.snapshot()
    const work = Array.from({ length: 40 }, async (_, n) => {
      if (n % 10 === 0) await emulator.restore(snapshot)
      else await container.items.upsert({ id: `n${n}`, tenantId: 't' })
    })

    await expect(Promise.all(work)).resolves.toHaveLength(40)
    expect(await idsOf(opened)).toContain('a')
  })

  it('that is none is refused, and nothing has changed', async () => {
    await using opened = await openContainer()
    await opened.container.items.create({ id: 'a', tenantId: 't' })

    await expect(opened.emulator.restore({ primary: Buffer.from('no database at all') })).rejects.toThrow(
      /The snapshot cannot be used/,
    )
    await expect(opened.emulator.restore({ other: await snapshotOf(opened) })).rejects.toThrow(
      /no account 'other'/,
    )
    expect(await idsOf(opened)).toEqual(['a'])
  })
})

async function snapshotOf({ emulator }: OpenedContainer): Promise<Uint8Array> {
  return (await emulator.snapshot())['primary']!
}
