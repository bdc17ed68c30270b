import assert from 'node:assert/strict'

import type { Send } from './child-emulator.ts'
import { database, expectStatus, makeContainer, queryAll } from './lane.ts'
import type { Lane } from './lane.ts'

const pageSize = { 'x-ms-max-item-count': '50' }

/** Where a reader of a feed is, and what it does with what it reads. */
interface FeedReader<T> {
  etag: string
  headers: Record<string, string>
  take: (row: T) => void
}

/** Reads a change feed from where the reader was, until it is told that there is no more. */
async function drain<T>(send: Send, container: string, reader: FeedReader<T>): Promise<void> {
  for (let isOver = false; !isOver;) {
    const { etag, headers } = reader
    const answer = await send('GET', `${database}/colls/${container}/docs`, {
      headers: { ...headers, ...pageSize, ...(etag === '' ? {} : { 'if-none-match': etag }) },
    })
    expectStatus(answer, 200, 304)
    isOver = answer.status === 304
    if (!isOver) for (const row of (answer.json as { Documents: T[] }).Documents) reader.take(row)
    reader.etag = String(answer.headers.etag)
  }
}

interface LatestRow {
  id: string
  tenantId: string
  _lsn: number
  _etag: string
}

/** Reads the feed of latest versions beside the writers: each document that is stored must have come by, in its last version. */
export function feedLane(container: string): Lane {
  const seen = new Map<string, string>()
  let lastLsn = 0
  const reader: FeedReader<LatestRow> = {
    etag: '',
    headers: { 'a-im': 'Incremental Feed' },
    take: (row) => {
      assert.ok(row._lsn > lastLsn, `The feed gave ${row._lsn} after ${lastLsn}.`)
      lastLsn = row._lsn
      seen.set(`${row.tenantId}/${row.id}`, row._etag)
    },
  }
  const read = async (send: Send): Promise<void> => drain(send, container, reader)
  return {
    name: `feed of ${container}`,
    prepare: async (send) => makeContainer(send, container),
    step: read,
    verify: async (send) => {
      await read(send)
      const query = 'SELECT c.id, c.tenantId, c._etag FROM c'
      for (const row of await queryAll<LatestRow>(send, container, query))
        assert.equal(seen.get(`${row.tenantId}/${row.id}`), row._etag, `The feed left out ${row.id}.`)
    },
  }
}

interface VersionRow {
  current?: { id: string; _etag: string }
  metadata: { operationType: string; id?: string }
}

/** Replays the feed of all versions and deletes of one partition: what comes of it must be what is stored. */
export function versionsLane(container: string): Lane {
  const replayed = new Map<string, string>()
  const reader: FeedReader<VersionRow> = {
    etag: '*',
    headers: {
      'a-im': 'Full-Fidelity Feed',
      'x-ms-cosmos-changefeed-wire-format-version': '2021-09-15',
    },
    take: ({ current, metadata }) => {
      const id = String(current?.id ?? metadata.id)
      if (metadata.operationType === 'delete') {
        assert.ok(replayed.delete(id), `The feed deletes ${id}, which it never made.`)
        return
      }
      assert.equal(
        replayed.has(id),
        metadata.operationType === 'replace',
        `The feed gave ${metadata.operationType} of ${id} out of turn.`,
      )
      replayed.set(id, String(current?._etag))
    },
  }
  const read = async (send: Send): Promise<void> => drain(send, container, reader)
  return {
    name: `versions of ${container}`,
    prepare: async (send) => {
      await makeContainer(send, container, { changeFeedPolicy: { retentionDuration: 1440 } })
      await read(send)
    },
    step: read,
    verify: async (send) => {
      await read(send)
      const rows = await queryAll<LatestRow>(send, container, 'SELECT c.id, c._etag FROM c')
      assert.deepEqual(new Map(rows.map((row) => [row.id, row._etag])), replayed)
    },
  }
}
