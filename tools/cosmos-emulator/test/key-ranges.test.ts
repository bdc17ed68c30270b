import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { describe, expect, it } from '@jest/globals'

import { startCosmosEmulator } from '../src/index.ts'
import { clientOf, hierarchicalKey, openContainer } from './open-container.ts'
import type { OpenedContainer } from './open-container.ts'
import { sendSigned } from './signed-request.ts'
import type { RawAnswer, RawRequest } from './signed-request.ts'

interface Range {
  id: string
  minInclusive: string
  maxExclusive: string
  parents: string[]
  status: string
  throughputFraction: number
}

const collection = '/dbs/media/colls/things'
const target = { database: 'media', container: 'things' }

const send = async (
  { emulator }: Pick<OpenedContainer, 'emulator'>,
  method: string,
  path: string,
  request: RawRequest = {},
): Promise<RawAnswer> => {
  const [account] = emulator.accounts
  if (!account) throw new Error('no account')
  const signs = path.includes('/operations/')
    ? { signs: { type: 'colls', link: 'dbs/media/colls/things' } }
    : {}
  return sendSigned(account, method, path, { ...signs, ...request })
}

const rangesOf = (answer: RawAnswer): Range[] =>
  (answer.json as { PartitionKeyRanges: Range[] }).PartitionKeyRanges

const readRanges = async (opened: OpenedContainer, headers = {}): Promise<RawAnswer> =>
  send(opened, 'GET', `${collection}/pkranges`, { headers })

describe('key ranges', () => {
  it('are as many as the emulator was told, whatever the throughput', async () => {
    await using opened = await openContainer({}, { partitionCount: 3 })

    expect(await opened.container.getFeedRanges()).toHaveLength(3)
    await expect(startCosmosEmulator({ partitionCount: 0 })).rejects.toThrow('from 1 to 100')
  })

  it.each([
    ['version 1', { partitionKey: { paths: ['/tenantId'], kind: 'Hash' as never, version: 1 } }],
    ['version 2', {}],
    ['a hierarchy', hierarchicalKey('/tenantId', '/jobId')],
  ])('of %s are halved by splits, cover everything and know their parents', async (_, definition) => {
    await using opened = await openContainer(definition)
    for (let split = 0; split < 6; split += 1) await opened.emulator.splitPartition(target)

    const ranges = rangesOf(await readRanges(opened))

    expect(ranges).toHaveLength(7)
    expect(ranges.map(({ minInclusive }) => minInclusive)).toEqual(
      ['', ...ranges.map(({ maxExclusive }) => maxExclusive)].slice(0, -1),
    )
    expect(ranges.at(-1)?.maxExclusive).toBe('FF')
    expect(ranges.every(({ minInclusive, maxExclusive }) => minInclusive < maxExclusive)).toBe(true)
    expect(ranges.map(({ parents }) => parents.length)).toEqual([3, 3, 3, 3, 3, 3, 2])
    expect(ranges[0]).toMatchObject({ parents: ['0', '1', '3'], status: 'online', throughputFraction: 1 / 7 })
    const ids = Array.from({ length: 140 }, (_id, n) => `d${n}`)
    await Promise.all(ids.map(async (id) => opened.container.items.create({ id, tenantId: id, jobId: id })))
    const counts = await Promise.all(
      ranges.map(async ({ id }) => {
        const headers = {
          'a-im': 'Incremental Feed',
          'x-ms-documentdb-partitionkeyrangeid': id,
          'x-ms-max-item-count': '1000',
        }
        const { json } = await send(opened, 'GET', `${collection}/docs`, { headers })
        return (json as { _count: number })._count
      }),
    )
    expect(counts.reduce((sum, count) => sum + count)).toBe(ids.length)
    expect(Math.min(...counts)).toBeGreaterThan(0)
  })

  it('are told anew: all, or those made since an etag', async () => {
    await using opened = await openContainer()
    const before = await readRanges(opened)
    const etag = before.headers['etag']
    expect((await readRanges(opened, { 'if-none-match': etag })).status).toBe(304)
    await opened.emulator.splitPartition(target)
    await opened.emulator.splitPartition({ ...target, rangeId: '2' })

    const since = await readRanges(opened, { 'a-im': 'Incremental Feed', 'if-none-match': etag })

    expect(rangesOf(since).map(({ id, parents }) => [id, parents])).toEqual([
      ['1', ['0']],
      ['3', ['0', '2']],
      ['4', ['0', '2']],
    ])
    expect((await readRanges(opened, { 'if-none-match': since.headers['etag'] })).status).toBe(304)
    expect(rangesOf(await readRanges(opened, { 'if-none-match': '"of-another-99"' }))).toHaveLength(3)
  })

  it('are split by a signed request too, also within one tenant', async () => {
    await using opened = await openContainer(hierarchicalKey('/tenantId', '/jobId'))
    const path = `${collection}/operations/splitpartition`

    const split = await send(opened, 'POST', path, { body: '{"rangeId":"0","at":["t"]}' })
    const again = await send(opened, 'POST', path, { body: '{"rangeId":"2","at":["t","5"]}' })

    expect(rangesOf(split).map(({ id }) => id)).toEqual(['1', '2'])
    expect(rangesOf(again).map(({ id }) => id)).toEqual(['1', '3', '4'])
    for (const jobId of ['1', '2', '3', '4', '5', '6'])
      await opened.container.items.create({ id: jobId, tenantId: 't', jobId })
    await opened.container.items.create({ id: 'x', tenantId: 'u', jobId: '1' })
    const { resources } = await opened.container.items
      .query<string>('SELECT VALUE c.id FROM c', { partitionKey: ['t'] as never })
      .fetchAll()
    expect(resources.toSorted()).toEqual(['1', '2', '3', '4', '5', '6'])
    for (const [body, status] of [
      ['{"rangeId":"0"}', 410],
      ['{"rangeId":"3","at":["zzz"]}', 400],
      ['{"at":[]}', 400],
      ['{"at":["a","b","c"]}', 400],
      ['{"at":"t"}', 400],
      ['{"rangeId":1}', 400],
      ['[]', 400],
    ] as const)
      expect([body, (await send(opened, 'POST', path, { body })).status]).toEqual([body, status])
    expect((await send(opened, 'POST', path, { isUnsigned: true })).status).toBe(401)
  })

  it('that were split are gone: 410 and 1002, by which clients ask anew', async () => {
    await using opened = await openContainer()
    await opened.emulator.splitPartition(target)
    const headers = { 'x-ms-documentdb-partitionkeyrangeid': '0' }
    const query = { ...headers, 'content-type': 'application/query+json', 'x-ms-documentdb-isquery': 'true' }

    const answers = [
      await send(opened, 'GET', `${collection}/docs`, {
        headers: { ...headers, 'a-im': 'Incremental Feed' },
      }),
      await send(opened, 'POST', `${collection}/docs`, {
        headers: query,
        body: '{"query":"SELECT * FROM c"}',
      }),
    ]

    expect(answers.map((answer) => [answer.status, answer.headers['x-ms-substatus']])).toEqual([
      [410, '1002'],
      [410, '1002'],
    ])
  })

  it('hand their continuations on to their children', async () => {
    await using opened = await openContainer()
    const ids = Array.from({ length: 30 }, (_, n) => `d${n}`)
    for (const id of ids) await opened.container.items.create({ id, tenantId: id })
    const page = async (
      range: string,
      continuation?: string,
    ): Promise<{ ids: string[]; next: string | undefined }> => {
      const answer = await send(opened, 'POST', `${collection}/docs`, {
        headers: {
          'x-ms-documentdb-partitionkeyrangeid': range,
          'x-ms-documentdb-isquery': 'true',
          'x-ms-max-item-count': '7',
          ...(continuation === undefined ? {} : { 'x-ms-continuation': continuation }),
        },
        body: '{"query":"SELECT c.id FROM c"}',
      })
      const rows = (answer.json as { Documents: { id: string }[] }).Documents
      return { ids: rows.map(({ id }) => id), next: answer.headers['x-ms-continuation'] }
    }
    const first = await page('0')
    await opened.emulator.splitPartition(target)

    const found = [...first.ids]
    for (const range of ['1', '2']) {
      let token = first.next
      while (token !== undefined) {
        const more = await page(range, token)
        found.push(...more.ids)
        token = more.next
      }
    }

    expect(found.toSorted()).toEqual(ids.toSorted())
  })

  it('and their splits outlive the emulator; a file from before they were stored opens too', async () => {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'cosmos-ranges-'))
    const open = async (): Promise<OpenedContainer> =>
      openContainer({ throughput: 12_000 }, { dataDirectory })
    const ids = async (opened: OpenedContainer): Promise<string[]> =>
      rangesOf(await readRanges(opened)).map(({ id }) => id)
    try {
      {
        await using opened = await open()
        expect(await ids(opened)).toEqual(['0', '1'])
        await opened.emulator.splitPartition({ ...target, rangeId: '1' })
      }
      {
        await using opened = await open()
        expect(await ids(opened)).toEqual(['0', '2', '3'])
      }
      using file = new DatabaseSync(join(dataDirectory, 'primary.sqlite'))
      file.exec('DROP TABLE ranges')
      file.close()
      await using opened = await open()
      expect(await ids(opened)).toEqual(['0', '1'])
      await opened.emulator.splitPartition({ ...target, rangeId: '0' })
      expect(await ids(opened)).toEqual(['2', '3', '1'])
    } finally {
      await rm(dataDirectory, { recursive: true, force: true })
    }
  })
})

describe('splits under load', () => {
  it('lose nothing and double nothing for writers, readers, bulk, queries and the change feed', async () => {
    await using opened = await openContainer({}, { partitionCount: 2 })
    const { container, emulator } = opened
    const reader = clientOf(emulator).database('media').container('things')
    const stale = clientOf(emulator).database('media').container('things')
    const [writers, each, bulkRounds] = [8, 25, 6]
    const written = new Set<string>()
    const feed = reader.items.getChangeFeedIterator<{ id: string }>({ maxItemCount: 20 } as never)
    const seen: string[] = []
    // These clients learn of the ranges that there are now, and of no split.
    await feed.readNext()
    await stale.getFeedRanges()

    const splitAt = async (): Promise<void> => {
      if (written.size % 40 === 0) await emulator.splitPartition(target)
    }
    const write = async (writer: number): Promise<void> => {
      for (let n = 0; n < each; n += 1) {
        const id = `w${writer}-${n}`
        await container.items.create({ id, tenantId: id })
        written.add(id)
        await splitAt()
        const { resource } = await reader.item(id, id).read<{ id: string }>()
        if (resource?.id !== id) throw new Error(`${id} was written and cannot be read`)
      }
    }
    const bulk = async (): Promise<void> => {
      for (let round = 0; round < bulkRounds; round += 1) {
        const ids = Array.from({ length: 20 }, (_, n) => `b${round}-${n}`)
        const operations = ids.map((id) => ({
          operationType: 'Create',
          partitionKey: id,
          resourceBody: { id, tenantId: id },
        })) as never
        // The new bulk waits a second for more operations each time, so it runs once.
        // oxlint-disable typescript/no-deprecated -- the old bulk is in use as well, and asks for ranges in its own way
        const statuses =
          round === 0
            ? (await stale.items.executeBulkOperations(operations)).map(
                ({ response }) => response?.statusCode,
              )
            : (await stale.items.bulk(operations)).map(({ statusCode }) => statusCode)
        // oxlint-enable typescript/no-deprecated
        if (statuses.some((status) => status !== 201))
          throw new Error(`A bulk operation failed: ${JSON.stringify(statuses)}`)
        for (const id of ids) written.add(id)
        await emulator.splitPartition(target)
      }
    }
    let isWritten = false
    const follow = async (): Promise<void> => {
      for (let isIdle = false; !(isWritten && isIdle);) {
        const wasWritten = isWritten
        const page = await feed.readNext()
        seen.push(...page.result.map(({ id }) => id))
        isIdle = wasWritten && page.statusCode === 304
      }
    }
    const query = async (): Promise<void> => {
      while (!isWritten) {
        const before = [...written]
        const { resources } = await stale.items
          .query<string>('SELECT VALUE c.id FROM c', { maxItemCount: 50 })
          .fetchAll()
        if (new Set(resources).size !== resources.length) throw new Error('A query gave a document twice.')
        const missing = new Set(before).difference(new Set(resources))
        if (missing.size > 0) throw new Error(`A query lost ${[...missing].join()}`)
      }
    }
    const writing = Promise.all([
      ...Array.from({ length: writers }, async (_, writer) => write(writer)),
      bulk(),
    ])
    await Promise.all([writing.finally(() => (isWritten = true)), follow(), query()])

    expect(seen.toSorted()).toEqual([...written].toSorted())
    expect(
      (await container.items.query<string>('SELECT VALUE c.id FROM c').fetchAll()).resources.toSorted(),
    ).toEqual([...written].toSorted())
    expect((await container.getFeedRanges()).length).toBeGreaterThan(5)
  })
})
