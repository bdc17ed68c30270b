import assert from 'node:assert/strict'

import type { ChangeFeedIteratorOptions, Container } from '@azure/cosmos'
import { ChangeFeedStartFrom } from '@azure/cosmos'

import { fails, holds, isAnswer } from './assertions.ts'
import { pathOf } from './contract-context.ts'
import { faithful, refused } from './contract-row.ts'
import type { ContractRow } from './contract-row.ts'

/** Everything that a reader of the feed gets until it is told that there is no more. */
async function readFeed(
  container: Container,
  options: ChangeFeedIteratorOptions,
): Promise<{ rows: Record<string, unknown>[]; token: string }> {
  const iterator = container.items.getChangeFeedIterator<Record<string, unknown>>(options)
  const rows: Record<string, unknown>[] = []
  let token = ''
  while (iterator.hasMoreResults) {
    const response = await iterator.readNext()
    token = response.continuationToken
    if (response.statusCode === 304) break
    rows.push(...response.result)
  }
  return { rows, token }
}

const fromBeginning = { changeFeedStartFrom: ChangeFeedStartFrom.Beginning() }
const keptVersions = { changeFeedPolicy: { retentionDuration: 10 } } as never
const feedHeaders = { 'a-im': 'Incremental Feed' }
const allVersions = {
  'a-im': 'Full-Fidelity Feed',
  'x-ms-cosmos-changefeed-wire-format-version': '2021-09-15',
}

/** The change feed: latest versions, and all versions and deletes. */
export const changeFeedRows: ContractRow[] = [
  ...faithful('items.changeFeed', {
    'gives the latest version of each document, in the order of changes': async ({ makeContainer }) => {
      const container = await makeContainer()
      for (const id of ['a', 'b', 'c']) await container.items.create({ id, tenantId: 't' })
      await container.item('a', 't').patch([{ op: 'set', path: '/n', value: 1 }])
      await container.item('b', 't').delete()
      const { rows } = await readFeed(container, fromBeginning)
      assert.deepEqual(
        rows.map(({ id, n }) => [id, n]),
        [
          ['c', undefined],
          ['a', 1],
        ],
      )
    },
    'answers 304 with an etag where nothing is new': async ({ makeContainer, send }) => {
      const path = `${pathOf(await makeContainer())}/docs`
      const { status, text, headers } = await send('GET', path, { headers: feedHeaders })
      assert.deepEqual([status, text], [304, ''])
      assert.match(String(headers.etag), /^"\d+"$/)
    },
    'goes on from a continuation': async ({ makeContainer }) => {
      const container = await makeContainer()
      await container.items.create({ id: 'a', tenantId: 't' })
      const { token } = await readFeed(container, fromBeginning)
      await container.items.create({ id: 'b', tenantId: 't' })
      const { rows } = await readFeed(container, {
        changeFeedStartFrom: ChangeFeedStartFrom.Continuation(token),
      })
      assert.deepEqual(
        rows.map(({ id }) => id),
        ['b'],
      )
    },
    'gives pages of the size that the client wishes': async ({ makeContainer, send }) => {
      const container = await makeContainer()
      for (const id of ['a', 'b', 'c']) await container.items.create({ id, tenantId: 't' })
      const path = `${pathOf(container)}/docs`
      const lengths: number[] = []
      let etag = ''
      for (let page = 0; page < 3; page += 1) {
        const headers = {
          ...feedHeaders,
          'x-ms-max-item-count': '2',
          ...(etag ? { 'if-none-match': etag } : {}),
        }
        const answer = await send('GET', path, { headers })
        etag = String(answer.headers.etag)
        lengths.push(answer.status === 304 ? 0 : (answer.json as { _count: number })._count)
      }
      assert.deepEqual(lengths, [2, 1, 0])
    },
    'starts from now': async ({ makeContainer }) => {
      const container = await makeContainer()
      await container.items.create({ id: 'old', tenantId: 't' })
      const { rows, token } = await readFeed(container, { changeFeedStartFrom: ChangeFeedStartFrom.Now() })
      assert.deepEqual(rows, [])
      await container.items.create({ id: 'new', tenantId: 't' })
      const next = await readFeed(container, { changeFeedStartFrom: ChangeFeedStartFrom.Continuation(token) })
      assert.deepEqual(
        next.rows.map(({ id }) => id),
        ['new'],
      )
    },
    'starts from a time': async ({ advanceSeconds, makeContainer }) => {
      const container = await makeContainer()
      const { resource } = await container.items.create({ id: 'old', tenantId: 't' })
      advanceSeconds(10)
      await container.items.create({ id: 'new', tenantId: 't' })
      const start = new Date((Number(resource?._ts) + 5) * 1000)
      const { rows } = await readFeed(container, { changeFeedStartFrom: ChangeFeedStartFrom.Time(start) })
      assert.deepEqual(
        rows.map(({ id }) => id),
        ['new'],
      )
    },
    'is confined to a partition key': async ({ makeContainer }) => {
      const container = await makeContainer()
      for (const tenantId of ['t', 'u']) await container.items.create({ id: tenantId, tenantId })
      const { rows } = await readFeed(container, {
        changeFeedStartFrom: ChangeFeedStartFrom.Beginning('u'),
      })
      assert.deepEqual(
        rows.map(({ id }) => id),
        ['u'],
      )
    },
    'is whole over the feed ranges of a container': async ({ makeContainer }) => {
      const container = await makeContainer({ throughput: 12_000 })
      for (let n = 0; n < 20; n += 1) await container.items.create({ id: `${n}`, tenantId: `t${n}` })
      const seen: unknown[] = []
      for (const range of await container.getFeedRanges()) {
        const { rows } = await readFeed(container, {
          changeFeedStartFrom: ChangeFeedStartFrom.Beginning(range),
        })
        assert.ok(rows.length < 20)
        seen.push(...rows.map(({ id }) => id))
      }
      assert.equal(new Set(seen).size, 20)
      assert.equal(seen.length, 20)
    },
    'does not give what has expired': async ({ advanceSeconds, makeContainer }) => {
      const container = await makeContainer({ defaultTtl: 5 })
      await container.items.create({ id: 'a', tenantId: 't' })
      advanceSeconds(6)
      assert.deepEqual((await readFeed(container, fromBeginning)).rows, [])
    },
    'answers 400 to a continuation or a time that is none': async ({ makeContainer, send }) => {
      const path = `${pathOf(await makeContainer())}/docs`
      for (const [name, value] of [
        ['if-none-match', '"x"'],
        ['if-none-match', '"-1"'],
        ['if-none-match', '"1e3.5"'],
        ['if-modified-since', 'soon'],
      ] as const)
        isAnswer(await send('GET', path, { headers: { ...feedHeaders, [name]: value } }), 400)
    },
    'answers 404 where there is no such container': async ({ makeDatabase }) => {
      await fails(readFeed((await makeDatabase()).container('none'), fromBeginning), 404)
    },
    'all versions: gives creates, replaces and deletes with what was before': async ({
      makeContainer,
      send,
    }) => {
      const container = await makeContainer(keptVersions)
      const path = `${pathOf(container)}/docs`
      const now = await send('GET', path, { headers: { ...allVersions, 'if-none-match': '*' } })
      await container.items.create({ id: 'a', tenantId: 't', n: 1 })
      await container.items.upsert({ id: 'a', tenantId: 't', n: 2 })
      await container.item('a', 't').delete()
      const headers = { ...allVersions, 'if-none-match': String(now.headers.etag) }
      const { json } = await send('GET', path, { headers })
      const rows = (json as { Documents: { metadata: { operationType: string }; current?: object }[] })
        .Documents
      assert.deepEqual(
        rows.map(({ metadata }) => metadata.operationType),
        ['create', 'replace', 'delete'],
      )
      holds(rows[1]?.current, { n: 2 })
    },
    'all versions: tells a delete by time to live apart': async ({ advanceSeconds, makeContainer, send }) => {
      const container = await makeContainer({ ...(keptVersions as object), defaultTtl: 5 })
      const path = `${pathOf(container)}/docs`
      const now = await send('GET', path, { headers: { ...allVersions, 'if-none-match': '*' } })
      await container.items.create({ id: 'a', tenantId: 't' })
      advanceSeconds(6)
      // The same id again: that takes the place of the expired document.
      await container.items.create({ id: 'a', tenantId: 't' })
      const headers = { ...allVersions, 'if-none-match': String(now.headers.etag) }
      const { json } = await send('GET', path, { headers })
      const rows = (json as { Documents: { metadata: Record<string, unknown> }[] }).Documents
      holds(rows[1]?.metadata, { operationType: 'delete', timeToLiveExpired: true })
    },
    'all versions: answers 400 from the beginning': async ({ makeContainer, send }) => {
      const path = `${pathOf(await makeContainer(keptVersions))}/docs`
      isAnswer(await send('GET', path, { headers: allVersions }), 400, /retention period/)
    },
    'all versions: answers 400 where the container keeps none': async ({ makeContainer, send }) => {
      const path = `${pathOf(await makeContainer())}/docs`
      const headers = { ...allVersions, 'if-none-match': '*' }
      isAnswer(await send('GET', path, { headers }), 400, /changeFeedPolicy/)
    },
    'all versions: answers 400 to a continuation older than the retention': async ({
      advanceSeconds,
      makeContainer,
      send,
    }) => {
      const container = await makeContainer(keptVersions)
      const path = `${pathOf(container)}/docs`
      const now = await send('GET', path, { headers: { ...allVersions, 'if-none-match': '*' } })
      await container.items.create({ id: 'a', tenantId: 't' })
      advanceSeconds(60 * 60)
      await container.items.create({ id: 'b', tenantId: 't' })
      const headers = { ...allVersions, 'if-none-match': String(now.headers.etag) }
      isAnswer(await send('GET', path, { headers }), 400, /retention period/)
    },
  }),
  refused(
    'items.changeFeed',
    'answers 501 to another kind of feed, by its name',
    async ({ makeContainer, send }) => {
      const path = `${pathOf(await makeContainer())}/docs`
      isAnswer(await send('GET', path, { headers: { 'a-im': 'Other Feed' } }), 501, /other feed/)
    },
  ),
]
