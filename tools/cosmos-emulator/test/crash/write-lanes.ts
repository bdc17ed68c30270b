import assert from 'node:assert/strict'

import type { Random } from '../random.ts'
import type { Send } from './child-emulator.ts'
import { Ledger, database, expectStatus, keyOf, makeContainer, queryAll } from './lane.ts'
import type { Lane } from './lane.ts'

const idCount = 12
const docs = (container: string): string => `${database}/colls/${container}/docs`

/** Creates, upserts, replaces, patches and deletes single documents of one partition. */
export function itemLane(name: string, container: string, random: Random): Lane {
  const ledger = new Ledger<number>()
  const headers = keyOf(name)
  const write = async (send: Send, id: string): Promise<void> => {
    const n = random.below(1_000_000)
    const body = JSON.stringify({ id, tenantId: name, n })
    const own = `${docs(container)}/${id}`
    const known = ledger.known(id)
    if (known === undefined)
      return ledger.write(id, n, async () => {
        const upsert = random.below(2) === 0 ? {} : { 'x-ms-documentdb-is-upsert': 'true' }
        expectStatus(await send('POST', docs(container), { headers: { ...headers, ...upsert }, body }), 201)
      })
    switch (random.below(4)) {
      case 0:
        return ledger.write(id, undefined, async () => {
          expectStatus(await send('DELETE', own, { headers }), 204)
        })
      case 1:
        return ledger.write(id, known + 1, async () => {
          const patch = '[{"op":"incr","path":"/n","value":1}]'
          expectStatus(await send('PATCH', own, { headers, body: patch }), 200)
        })
      default:
        return ledger.write(id, n, async () => {
          expectStatus(await send('PUT', own, { headers, body }), 200)
        })
    }
  }
  return {
    name,
    prepare: async (send) => makeContainer(send, container),
    step: async (send) => write(send, `${name}-${random.below(idCount)}`),
    verify: async (send) => {
      const rows = await queryAll<{ id: string; n: number }>(send, container, 'SELECT c.id, c.n FROM c', name)
      ledger.verify(new Map(rows.map(({ id, n }) => [id, n])), `The document of ${name}`)
    },
  }
}

/** Batches that add or remove several documents and count them in another: the count fails to fit where half a batch is stored. */
export function batchLane(name: string, container: string, random: Random): Lane {
  const ledger = new Ledger<number>()
  const headers = {
    ...keyOf(name),
    'x-ms-cosmos-is-batch-request': 'true',
    'x-ms-cosmos-batch-atomic': 'true',
  }
  let made = 0
  let present: string[] = []
  const counted = (by: number): object => ({
    operationType: 'Patch',
    id: 'count',
    resourceBody: [{ op: 'incr', path: '/n', value: by }],
  })
  return {
    name,
    prepare: async (send) => {
      await makeContainer(send, container)
      const body = JSON.stringify({ id: 'count', tenantId: name, n: 0 })
      expectStatus(await send('POST', docs(container), { headers: keyOf(name), body }), 201)
      await ledger.write('count', 0, async () => undefined)
    },
    step: async (send) => {
      const size = 2 + random.below(4)
      const removes = present.length > 20
      const ids = removes
        ? present.slice(0, size)
        : Array.from({ length: size }, () => `${name}-${(made += 1)}`)
      const operations = ids.map((id) =>
        removes
          ? { operationType: 'Delete', id }
          : { operationType: 'Create', resourceBody: { id, tenantId: name } },
      )
      const after = removes ? present.slice(size) : [...present, ...ids]
      const by = after.length - present.length
      await ledger.write('count', after.length, async () => {
        const body = JSON.stringify([...operations, counted(by)])
        expectStatus(await send('POST', docs(container), { headers, body }), 200)
        present = after
      })
    },
    verify: async (send) => {
      const rows = await queryAll<{ id: string; n?: number }>(
        send,
        container,
        'SELECT c.id, c.n FROM c',
        name,
      )
      const count = rows.find(({ id }) => id === 'count')?.n
      present = rows.flatMap(({ id }) => (id === 'count' ? [] : [id]))
      assert.equal(
        present.length,
        count,
        `Half a batch of ${name} is stored: ${present.length} documents, ${count} counted.`,
      )
      ledger.verify(new Map([['count', present.length]]), `The number of documents of ${name}`)
    },
  }
}

/** Two writers at once take one unique key after another: one of them wins each. */
export function uniqueLane(name: string, container: string): Lane {
  const won = new Set<string>()
  let attempt = 0
  return {
    name,
    prepare: async (send) =>
      makeContainer(send, container, { uniqueKeyPolicy: { uniqueKeys: [{ paths: ['/email'] }] } }),
    step: async (send) => {
      attempt += 1
      const email = `${name}-${attempt}`
      const create = async (id: string): Promise<number> => {
        const body = JSON.stringify({ id, tenantId: name, email })
        const { status } = await send('POST', docs(container), { headers: keyOf(name), body })
        if (status === 201) won.add(email)
        return status
      }
      const results = await Promise.allSettled([create(`a-${attempt}`), create(`b-${attempt}`)])
      for (const result of results) if (result.status === 'rejected') throw result.reason
      const statuses = results.map((result) => (result as PromiseFulfilledResult<number>).value)
      assert.deepEqual(
        new Set(statuses),
        new Set([201, 409]),
        `Both writers of ${email} got ${statuses.join()}.`,
      )
    },
    verify: async (send) => {
      const emails = await queryAll<string>(send, container, 'SELECT VALUE c.email FROM c', name)
      assert.equal(new Set(emails).size, emails.length, `A unique key of ${name} is held twice.`)
      for (const email of won) assert.ok(emails.includes(email), `The document of ${email} is lost.`)
    },
  }
}

/** Documents of a short and of a long life: the one must be gone in time, the other must stay. */
export function lifetimeLane(name: string, container: string, random: Random): Lane {
  const ledger = new Ledger<string>()
  const shortLives = new Map<string, number>()
  const [longSeconds, shortSeconds] = [3600, 1]
  return {
    name,
    prepare: async (send) => makeContainer(send, container, { defaultTtl: -1 }),
    step: async (send) => {
      const isLong = random.below(2) === 0
      const id = `${isLong ? 'long' : 'short'}-${random.below(idCount)}`
      const body = JSON.stringify({ id, tenantId: name, ttl: isLong ? longSeconds : shortSeconds })
      const headers = { ...keyOf(name), 'x-ms-documentdb-is-upsert': 'true' }
      const upsert = async (): Promise<void> => {
        // One that did not come back may have been stored until now.
        shortLives.set(id, Date.now() + 60_000)
        expectStatus(await send('POST', docs(container), { headers, body }), 200, 201)
        shortLives.set(id, Date.now())
      }
      await (isLong ? ledger.write(id, id, upsert) : upsert())
    },
    verify: async (send) => {
      const askedAtMs = Date.now()
      const ids = await queryAll<string>(send, container, 'SELECT VALUE c.id FROM c', name)
      const long = ids.filter((id) => id.startsWith('long-'))
      ledger.verify(new Map(long.map((id) => [id, id])), `The long life of ${name}`)
      for (const id of ids.filter((short) => !long.includes(short))) {
        const ageMs = askedAtMs - (shortLives.get(id) ?? askedAtMs)
        assert.ok(ageMs < (shortSeconds + 1) * 1000, `${id} lives ${ageMs} ms after its write.`)
      }
    },
  }
}

/** Makes and deletes containers, each with a document in it. */
export function containerLane(name: string, random: Random): Lane {
  const ledger = new Ledger<string>()
  return {
    name,
    prepare: async (send) => makeContainer(send, `${name}-first`),
    step: async (send) => {
      const id = `${name}-${random.below(4)}`
      if (ledger.known(id) === undefined)
        return ledger.write(id, id, async () => {
          await makeContainer(send, id)
          const body = JSON.stringify({ id: 'a', tenantId: 't' })
          expectStatus(await send('POST', docs(id), { headers: keyOf('t'), body }), 201)
        })
      return ledger.write(id, undefined, async () => {
        expectStatus(await send('DELETE', `${database}/colls/${id}`), 204)
      })
    },
    verify: async (send) => {
      const { json } = expectStatus(await send('GET', `${database}/colls`), 200)
      const ids = (json as { DocumentCollections: { id: string }[] }).DocumentCollections.map(({ id }) => id)
      const own = ids.filter((id) => id.startsWith(name) && id !== `${name}-first`)
      // A container that was made, but not filled before the kill, is filled now: its next turn is to be deleted.
      for (const id of own) {
        const body = JSON.stringify({ id: 'a', tenantId: 't' })
        const headers = { ...keyOf('t'), 'x-ms-documentdb-is-upsert': 'true' }
        expectStatus(await send('POST', docs(id), { headers, body }), 200, 201)
      }
      ledger.verify(new Map(own.map((id) => [id, id])), 'The container')
    },
  }
}
