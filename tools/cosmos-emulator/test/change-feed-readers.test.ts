import type { ChangeFeedIteratorOptions, ChangeFeedPolicy, Container, FeedRange } from '@azure/cosmos'
import { ChangeFeedMode, ChangeFeedStartFrom } from '@azure/cosmos'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'

import { effectiveKey } from '../src/partition/effective-key.ts'
import { clientOf, hierarchicalKey, openContainer } from './open-container.ts'

interface Row {
  id: string
  tenantId: string
  jobId: string
  _lsn: number
}

interface VersionChange {
  current?: Row
  metadata: { operationType: string; lsn: number; id?: string; partitionKey?: { tenantId: string } }
}

const policy = { changeFeedPolicy: { retentionDuration: 600 } as ChangeFeedPolicy }
const target = { database: 'media', container: 'things' }

/** One reader: what it wants to see, and what it has seen. */
class Reader {
  readonly lsns: [key: string, lsn: number][] = []
  readonly wants: (row: { tenantId: string; jobId: string }) => boolean
  readonly #pages: { readNext: () => Promise<{ result: unknown[]; statusCode: number }> }

  constructor(container: Container, options: ChangeFeedIteratorOptions, wants: Reader['wants'] = () => true) {
    this.#pages = container.items.getChangeFeedIterator<unknown>(options)
    this.wants = wants
  }

  /** Reads a page. @returns whether there was nothing */
  async read(): Promise<boolean> {
    const page = await this.#pages.readNext()
    for (const row of page.result as (Row | VersionChange)[])
      this.lsns.push(
        'metadata' in row
          ? [row.current?.id ?? String(row.metadata.id), row.metadata.lsn]
          : [row.id, row._lsn],
      )
    return page.statusCode === 304
  }

  /** Where ranges are split the client may say that there is nothing before it has asked all of them: it is so when it says so twice. */
  async readAll(): Promise<void> {
    let nothingCount = 0
    while (nothingCount < 2) nothingCount = (await this.read()) ? nothingCount + 1 : 0
  }
}

const operation = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('upsert'),
      n: fc.nat(11),
      ttl: fc.constantFrom(undefined, undefined, 5),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('delete'), n: fc.nat(11) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('advance') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('split'), n: fc.nat(11) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('read'), n: fc.nat(20) }) },
)

/** Two readers of each scope, one of latest versions from the beginning and one of all versions from now. */
async function openReaders(
  container: Container,
  { sizes, split }: { sizes: number[]; split: () => Promise<readonly FeedRange[]> },
): Promise<Reader[]> {
  const halves = await container.getFeedRanges()
  // After the split a range of the split is a part of one that the client still knows.
  const [part] = await split()
  const ranges = [...halves, part].map((range) => ({ scope: range, wants: isIn(range as unknown as Bounds) }))
  const scopes: { scope: FeedRange | string[] | undefined; wants: Reader['wants'] }[] = [
    { scope: undefined, wants: () => true },
    ...ranges,
    { scope: ['t1', 'j1'], wants: ({ tenantId, jobId }) => tenantId === 't1' && jobId === 'j1' },
    { scope: ['t1'], wants: ({ tenantId }) => tenantId === 't1' },
  ]
  const readers = scopes.flatMap(({ scope, wants }, index) => {
    const maxItemCount = sizes[index] ?? 1
    const changeFeedMode = ChangeFeedMode.AllVersionsAndDeletes
    return [
      new Reader(
        container,
        { maxItemCount, changeFeedStartFrom: ChangeFeedStartFrom.Beginning(scope) },
        wants,
      ),
      new Reader(
        container,
        { maxItemCount, changeFeedMode, changeFeedStartFrom: ChangeFeedStartFrom.Now(scope) },
        wants,
      ),
    ]
  })
  for (const reader of readers) await reader.readAll()
  return readers
}

interface Bounds {
  minInclusive: string
  maxExclusive: string
}

function isIn({ minInclusive, maxExclusive }: Bounds): Reader['wants'] {
  return ({ tenantId, jobId }) => {
    const definition = { paths: ['/tenantId', '/jobId'], kind: 'MultiHash' as const, version: 2 }
    const epk = effectiveKey([tenantId, jobId], definition)
    return epk >= minInclusive && epk < maxExclusive
  }
}

const keyOf = (n: number): Pick<Row, 'id' | 'tenantId' | 'jobId'> => ({
  id: `d${n}`,
  tenantId: `t${n % 3}`,
  jobId: `j${n % 4}`,
})

describe('readers of the change feed', () => {
  it('of any scope and page size see each latest version in order, and each version once, across splits', async () => {
    let nowMs = Date.UTC(2026, 0, 1)
    const property = fc.asyncProperty(
      fc.array(operation, { minLength: 20, maxLength: 50 }),
      fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 8, maxLength: 8 }),
      async (operations, sizes) => {
        await using opened = await openContainer(
          { ...hierarchicalKey('/tenantId', '/jobId'), ...policy, defaultTtl: -1 },
          { partitionCount: 2, clock: () => nowMs },
        )
        const { container, emulator } = opened
        const [stale, fresh] = [clientOf(emulator), clientOf(emulator)]
        const readers = await openReaders(stale.database('media').container('things'), {
          sizes,
          split: async () => {
            await emulator.splitPartition(target)
            return fresh.database('media').container('things').getFeedRanges()
          },
        })
        const live = new Map<number, { lsn: number; expiresMs: number }>()
        const changes: { n: number; count: number }[] = []
        const expire = (): void => {
          for (const [n, { expiresMs }] of live)
            if (expiresMs <= nowMs) {
              live.delete(n)
              changes.push({ n, count: 1 })
            }
        }

        for (const step of operations) {
          const n = 'n' in step ? step.n : 0
          const { id, tenantId, jobId } = keyOf(n)
          if (step.kind === 'upsert') {
            const ttl = 'ttl' in step ? step.ttl : undefined
            const document = { ...keyOf(n), ...(ttl === undefined ? {} : { ttl }) }
            const { headers } = await container.items.upsert(document)
            live.set(n, {
              lsn: Number(headers['lsn']),
              expiresMs: ttl === undefined ? Infinity : nowMs + ttl * 1000,
            })
            changes.push({ n, count: 1 })
          } else if (step.kind === 'delete' && live.has(n)) {
            await container.item(id, [tenantId, jobId]).delete()
            live.delete(n)
            changes.push({ n, count: 1 })
          } else if (step.kind === 'advance') {
            nowMs += 3000
            expire()
          } else if (step.kind === 'split') {
            await emulator
              .splitPartition({ ...target, ...(n % 2 === 0 ? {} : { at: [tenantId] }) })
              .catch(() => undefined)
            // Of two splits that it meets at once the client asks some ranges twice, and gives their changes twice.
            for (const reader of readers) await reader.readAll()
          } else if (step.kind === 'read') await readers[n % readers.length]?.read()
        }
        // The sweep tells of what expired last before the readers come by.
        await container.read()
        for (const reader of readers) await reader.readAll()

        const keys = Array.from({ length: 12 }, (_, n) => n)
        for (const [index, reader] of readers.entries()) {
          const isOfVersions = index % 2 === 1
          const wanted = keys.filter((n) => reader.wants(keyOf(n)))
          const seen = Map.groupBy(reader.lsns, ([id]) => id)
          expect([...seen.keys()].every((id) => wanted.some((n) => keyOf(n).id === id))).toBe(true)
          for (const n of wanted) {
            const lsns = (seen.get(keyOf(n).id) ?? []).map(([, lsn]) => lsn)
            expect(lsns).toEqual([...new Set(lsns)].toSorted((a, b) => a - b))
            if (isOfVersions)
              expect([n, lsns.length]).toEqual([n, changes.filter((change) => change.n === n).length])
            else if (live.has(n)) expect([n, lsns.at(-1)]).toEqual([n, live.get(n)?.lsn])
          }
        }
        // The readers of ranges see together what there is.
        const ofRanges = (first: number): string[] =>
          [readers[first], readers[first + 2]].flatMap(
            (reader) => reader?.lsns.map(([id, lsn]) => `${id}@${lsn}`) ?? [],
          )
        expect(ofRanges(3).length).toBe(changes.length)
        stale.dispose()
        fresh.dispose()
      },
    )
    await fc.assert(property, { numRuns: 4, endOnFailure: true })
  })
})
