import type { Container, OperationInput } from '@azure/cosmos'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'

import { clientOf, openContainer, statusOf } from './open-container.ts'
import type { OpenedContainer } from './open-container.ts'

const writerCount = 6
const rounds = 15

let opened: OpenedContainer
/** The same container, as clients of their own see it. */
let writers: Container[]
let dispose: () => void

beforeAll(async () => {
  opened = await openContainer({ uniqueKeyPolicy: { uniqueKeys: [{ paths: ['/email'] }] } })
  const clients = Array.from({ length: writerCount }, () => clientOf(opened.emulator))
  writers = clients.map((client) => client.database('media').container('things'))
  dispose = () => clients.forEach((client) => client.dispose())
})

afterAll(async () => {
  dispose()
  await opened[Symbol.asyncDispose]()
})

/** A race: what all writers try at once upon one document, and the statuses of who wins and who does not. */
interface Race {
  attempt: (
    container: Container,
    id: string,
    race: { etag: string; writer: number },
  ) => Promise<number | undefined>
  wins: number
  loses: number[]
  /** Whether the document is there before. */
  startsFrom?: 'nothing'
}

const document = (id: string, more: object = {}) => ({ id, tenantId: 't', email: id, n: 0, ...more })
const ifMatch = (etag: string) => ({ accessCondition: { type: 'IfMatch', condition: etag } })

/** The status of the operation that decides a batch. */
async function batchStatus(container: Container, operation: OperationInput): Promise<number | undefined> {
  const read: OperationInput = { operationType: 'Read', id: 'beside' }
  const { code, result } = await container.items.batch([read, operation], 't')
  return code === 200 ? 200 : result?.[1]?.statusCode
}

const races: Record<string, Race> = {
  'create of one id': {
    attempt: async ({ items }, id, { writer }) => statusOf(items.create(document(id, { writer }))),
    wins: 201,
    loses: [409],
    startsFrom: 'nothing',
  },
  'create of one unique key': {
    attempt: async ({ items }, id, { writer }) =>
      statusOf(items.create(document(`${id}-${writer}`, { email: id }))),
    wins: 201,
    loses: [409],
    startsFrom: 'nothing',
  },
  'replace of one etag': {
    attempt: async (container, id, { etag, writer }) =>
      statusOf(container.item(id, 't').replace(document(id, { writer }), ifMatch(etag))),
    wins: 200,
    loses: [412],
  },
  'upsert of one etag': {
    attempt: async ({ items }, id, { etag, writer }) =>
      statusOf(items.upsert(document(id, { writer }), ifMatch(etag))),
    wins: 200,
    loses: [412],
  },
  'patch of one etag': {
    attempt: async (container, id, { etag }) =>
      statusOf(container.item(id, 't').patch([{ op: 'incr', path: '/n', value: 1 }], ifMatch(etag))),
    wins: 200,
    loses: [412],
  },
  'patch by a condition': {
    attempt: async (container, id) =>
      statusOf(
        container
          .item(id, 't')
          .patch({ condition: 'from c where c.n = 0', operations: [{ op: 'incr', path: '/n', value: 1 }] }),
      ),
    wins: 200,
    loses: [412],
  },
  'delete of one etag': {
    attempt: async (container, id, { etag }) => statusOf(container.item(id, 't').delete(ifMatch(etag))),
    wins: 204,
    loses: [404],
  },
  'batch with a replace of one etag': {
    attempt: async (container, id, { etag }) =>
      batchStatus(container, { operationType: 'Replace', id, ifMatch: etag, resourceBody: document(id) }),
    wins: 200,
    loses: [412],
  },
  'batch with a create of one id': {
    attempt: async (container, id) =>
      batchStatus(container, { operationType: 'Create', resourceBody: document(id) }),
    wins: 200,
    loses: [409],
    startsFrom: 'nothing',
  },
  'batch with a patch by a condition': {
    attempt: async (container, id) =>
      batchStatus(container, {
        operationType: 'Patch',
        id,
        resourceBody: {
          condition: 'from c where c.n = 0',
          operations: [{ op: 'incr', path: '/n', value: 1 }],
        },
      }),
    wins: 200,
    loses: [412],
  },
}

describe(`${writerCount} writers at once`, () => {
  it.each(Object.entries(races))(
    `have one winner in each of ${rounds} rounds: %s`,
    async (name, { attempt, wins, loses, startsFrom }) => {
      const { items } = opened.container
      await items.upsert(document('beside'))
      for (let round = 0; round < rounds; round += 1) {
        const id = `${name}-${round}`
        const etag = startsFrom === 'nothing' ? '' : (await items.create(document(id))).etag
        const statuses = await Promise.all(
          writers.map(async (container, writer) => attempt(container, id, { etag, writer })),
        )
        expect(statuses.filter((status) => status === wins)).toHaveLength(1)
        expect(loses).toEqual(expect.arrayContaining(statuses.filter((status) => status !== wins)))
      }
    },
  )

  it('have one winner of each database and each container', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const id = `race-${round}`
      const databases = await Promise.all(
        writers.map(async ({ database }) => statusOf(database.client.databases.create({ id }))),
      )
      const containers = await Promise.all(
        writers.map(async ({ database }) =>
          statusOf(database.client.database(id).containers.create({ id: 'c', partitionKey: '/a' })),
        ),
      )
      for (const statuses of [databases, containers])
        expect(statuses.toSorted((a, b) => Number(a) - Number(b))).toEqual([201, 409, 409, 409, 409, 409])
      await opened.client.database(id).delete()
    }
  })

  it('lose no increment: by patches, and by replaces of the etag that each has read', async () => {
    const perWriter = 12
    await opened.container.items.create(document('counter'))
    await Promise.all(
      writers.map(async (container) => {
        const item = container.item('counter', 't')
        for (let done = 0; done < perWriter; done += 1) {
          await item.patch([{ op: 'incr', path: '/n', value: 1 }])
          for (let isStored = false; !isStored;) {
            const { resource, etag } = await item.read<{ id: string; n: number }>()
            const next = document('counter', { n: Number(resource?.n) + 1 })
            isStored = (await statusOf(item.replace(next, ifMatch(etag)))) === 200
          }
        }
      }),
    )

    const { resource } = await opened.container.item('counter', 't').read()
    expect(resource).toMatchObject({ n: 2 * perWriter * writerCount })
  })

  it('keep batches whole beside bulk writes of the same documents', async () => {
    const ids = Array.from({ length: 10 }, (_, at) => `shared-${at}`)
    const { items } = opened.container
    for (const id of ids) await items.create(document(id, { written: 0 }))
    const operations = ids.map((id) => ({
      operationType: 'Patch' as const,
      id,
      resourceBody: [{ op: 'incr', path: '/written', value: 1 }] as never,
    }))
    const [bulk, ...others] = writers
    let isBulkDone = false
    let batches = 0
    const runBulk = async (): Promise<void> => {
      await bulk?.items.executeBulkOperations(
        operations.map((operation) => ({ ...operation, partitionKey: 't' })),
      )
      isBulkDone = true
    }
    const runBatches = async (container: Container): Promise<void> => {
      for (; !isBulkDone; batches += 1) expect((await container.items.batch(operations, 't')).code).toBe(200)
    }
    await Promise.all([runBulk(), ...others.map(runBatches)])

    const query = 'SELECT DISTINCT VALUE c.written FROM c WHERE STARTSWITH(c.id, "shared-")'
    expect((await items.query(query).fetchAll()).resources).toEqual([batches + 1])
  })

  it('never see half of a batch', async () => {
    const [writer, ...readers] = writers
    const { items } = opened.container
    const ids = ['left', 'right']
    for (const id of ids) await items.create(document(id, { turn: 0 }))
    const turns = 40
    let isOver = false
    const write = async (): Promise<void> => {
      for (let turn = 1; turn <= turns; turn += 1)
        await writer?.items.batch(
          ids.map((id) => ({ operationType: 'Replace', id, resourceBody: document(id, { turn }) })),
          't',
        )
      isOver = true
    }
    const read = async (container: Container): Promise<number> => {
      let reads = 0
      for (; !isOver; reads += 1) {
        const query = 'SELECT VALUE c.turn FROM c WHERE c.id IN ("left", "right")'
        const [left, right] = (await container.items.query(query).fetchAll()).resources as number[]
        expect(left).toBe(right)
      }
      return reads
    }
    const [, ...reads] = await Promise.all([write(), ...readers.map(read)])

    expect(Math.min(...reads)).toBeGreaterThan(0)
  })
})
