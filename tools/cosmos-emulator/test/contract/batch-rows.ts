import assert from 'node:assert/strict'

import type { Container, OperationInput } from '@azure/cosmos'

import { answers, fails, holds, isAnswer } from './assertions.ts'
import type { ContractContext } from './contract-context.ts'
import { pathOf } from './contract-context.ts'
import { faithful } from './contract-row.ts'
import type { ContractRow } from './contract-row.ts'

const create = (id: string, more: object = {}): OperationInput => ({
  operationType: 'Create',
  resourceBody: { id, tenantId: 't', ...more },
})
const creates = (count: number): OperationInput[] =>
  Array.from({ length: count }, (_, at) => create(`many-${at}`))

/** Runs a batch and gives the status of its answer and of each operation. */
async function statuses(container: Container, operations: OperationInput[]): Promise<number[]> {
  const { code, result } = await container.items.batch(operations, 't')
  return [Number(code), ...(result ?? []).map(({ statusCode }) => statusCode)]
}

async function idsOf(container: Container): Promise<string[]> {
  return (await container.items.query<string>('SELECT VALUE c.id FROM c').fetchAll()).resources.toSorted()
}

/** Sends a batch that no client would. */
async function sendBatch(
  { send }: ContractContext,
  container: Container,
  body: string,
  headers: Record<string, string> = { 'x-ms-documentdb-partitionkey': '["t"]' },
): ReturnType<ContractContext['send']> {
  const flags = { 'x-ms-cosmos-is-batch-request': 'true', 'x-ms-cosmos-batch-atomic': 'true' }
  return send('POST', `${pathOf(container)}/docs`, { headers: { ...flags, ...headers }, body })
}

/** Transactional batches: all operations or none. */
export const batchRows: ContractRow[] = [
  ...faithful('items.batch', {
    'answers 200 and the status of each operation': async ({ makeContainer }) => {
      const container = await makeContainer()
      await container.items.create({ id: 'old', tenantId: 't' })
      const operations: OperationInput[] = [
        create('new'),
        { operationType: 'Upsert', resourceBody: { id: 'up', tenantId: 't' } },
        { operationType: 'Read', id: 'old' },
        { operationType: 'Replace', id: 'old', resourceBody: { id: 'old', tenantId: 't', n: 1 } },
        { operationType: 'Patch', id: 'old', resourceBody: [{ op: 'incr', path: '/n', value: 1 }] as never },
        { operationType: 'Delete', id: 'old' },
      ]
      assert.deepEqual(await statuses(container, operations), [200, 201, 201, 200, 200, 200, 204])
      assert.deepEqual(await idsOf(container), ['new', 'up'])
    },
    'gives documents, etags and charges with the results': async ({ makeContainer }) => {
      const container = await makeContainer()
      const { result } = await container.items.batch([create('a')], 't')
      const [first] = result ?? []
      holds(first?.resourceBody, { id: 'a', _etag: first?.eTag })
      assert.ok(Number(first?.requestCharge) > 0)
    },
    'lets each operation see those before it': async ({ makeContainer }) => {
      const container = await makeContainer()
      const operations: OperationInput[] = [
        create('a', { n: 1 }),
        { operationType: 'Patch', id: 'a', resourceBody: [{ op: 'incr', path: '/n', value: 1 }] as never },
        { operationType: 'Read', id: 'a' },
      ]
      const { result } = await container.items.batch(operations, 't')
      holds(result?.[2]?.resourceBody, { n: 2 })
    },
    'answers 207, 424 for the others and nothing stored where one fails': async ({ makeContainer }) => {
      const container = await makeContainer()
      await container.items.create({ id: 'taken', tenantId: 't' })
      const operations = [create('a'), create('taken'), create('b')]
      assert.deepEqual(await statuses(container, operations), [207, 424, 409, 424])
      assert.deepEqual(await idsOf(container), ['taken'])
    },
    'fails as a whole by a missing document: 404': async ({ makeContainer }) => {
      const container = await makeContainer()
      const operations: OperationInput[] = [create('a'), { operationType: 'Read', id: 'none' }]
      assert.deepEqual(await statuses(container, operations), [207, 424, 404])
    },
    'fails as a whole by another etag: 412': async ({ makeContainer }) => {
      const container = await makeContainer()
      await container.items.create({ id: 'old', tenantId: 't' })
      const replace: OperationInput = {
        operationType: 'Replace',
        id: 'old',
        ifMatch: '"other"',
        resourceBody: { id: 'old', tenantId: 't' },
      }
      assert.deepEqual(await statuses(container, [create('a'), replace]), [207, 424, 412])
    },
    'fails as a whole by a unique key that is taken: 409': async ({ makeContainer }) => {
      const container = await makeContainer({ uniqueKeyPolicy: { uniqueKeys: [{ paths: ['/email'] }] } })
      const operations = [create('a', { email: 'e' }), create('b', { email: 'e' })]
      assert.deepEqual(await statuses(container, operations), [207, 424, 409])
    },
    'fails as a whole by a document of another partition key: 400': async ({ makeContainer }) => {
      const container = await makeContainer()
      assert.deepEqual(
        await statuses(container, [create('a'), create('b', { tenantId: 'u' })]),
        [207, 424, 400],
      )
    },
    'fails as a whole by a patch condition that does not hold: 412': async ({ makeContainer }) => {
      const container = await makeContainer()
      await container.items.create({ id: 'old', tenantId: 't', n: 1 })
      const patch = { condition: 'from c where c.n = 2', operations: [{ op: 'incr', path: '/n', value: 1 }] }
      const operation = { operationType: 'Patch', id: 'old', resourceBody: patch } as never
      assert.deepEqual(await statuses(container, [create('a'), operation]), [207, 424, 412])
    },
    'takes 100 operations': async ({ makeContainer }) => {
      const container = await makeContainer()
      assert.equal((await statuses(container, creates(100)))[0], 200)
      assert.equal((await idsOf(container)).length, 100)
    },
    'answers 400 to 101 operations, and stores none': async (context) => {
      const container = await context.makeContainer()
      isAnswer(await sendBatch(context, container, JSON.stringify(creates(101))), 400, /100/)
      assert.deepEqual(await idsOf(container), [])
    },
    'answers 413 to more than 2 MB': async (context) => {
      const container = await context.makeContainer()
      const body = JSON.stringify([create('a', { fill: 'x'.repeat(2 * 1024 * 1024) })])
      isAnswer(await sendBatch(context, container, body), 413)
    },
    'answers 400 to no operations, and to what is no list': async (context) => {
      const container = await context.makeContainer()
      for (const body of ['[]', '{}', '', 'null', '[1]', '[{}]', '[{"operationType":1}]'])
        isAnswer(await sendBatch(context, container, body), 400)
    },
    'answers 400 without a partition key': async (context) => {
      const container = await context.makeContainer()
      isAnswer(await sendBatch(context, container, JSON.stringify([create('a')]), {}), 400, /PartitionKey/)
    },
    'answers 400 within 207 to an operation that is not known': async (context) => {
      const container = await context.makeContainer()
      const { status, json } = await sendBatch(context, container, '[{"operationType":"Merge","id":"a"}]')
      assert.deepEqual([status, (json as { statusCode: number }[])[0]?.statusCode], [207, 400])
    },
    'leaves documents out of the results where the client wants none': async (context) => {
      const container = await context.makeContainer()
      const headers = { 'x-ms-documentdb-partitionkey': '["t"]', prefer: 'return=minimal' }
      const { json } = await sendBatch(context, container, JSON.stringify([create('a')]), headers)
      assert.equal((json as { resourceBody?: unknown }[])[0]?.resourceBody, undefined)
    },
    'answers 404 where there is no such container': async ({ makeDatabase }) => {
      const { items } = (await makeDatabase()).container('none')
      const failure = await items.batch([create('a')], 't').catch((error: unknown) => error)
      holds((failure as Error).cause, { code: 404 })
    },
  }),
]

/** Bulk: each operation of a request for itself. */
export const bulkRows: ContractRow[] = [
  ...faithful('items.bulk', {
    'tells of each operation that failed what was wrong': async ({ makeContainer }) => {
      const { items } = await makeContainer()
      const [failed] = await items.executeBulkOperations([
        { operationType: 'Create', partitionKey: 't', resourceBody: { id: 'a', tenantId: 'other' } },
      ])
      assert.equal(failed?.error?.code, 400)
      assert.match(String(failed?.error?.message), /PartitionKey/)
    },
    'goes on after a failure where told to': async (context) => {
      const container = await context.makeContainer()
      const { status, json } = await sendBulk(context, container, 'true')
      assert.equal(status, 207)
      assert.deepEqual(
        (json as { statusCode: number }[]).map(({ statusCode }) => statusCode),
        [201, 409, 201],
      )
      assert.deepEqual(await idsOf(container), ['a', 'b'])
    },
    'stops after a failure unless told to go on: 424 for the rest': async (context) => {
      const container = await context.makeContainer()
      const { json } = await sendBulk(context, container, 'false')
      assert.deepEqual(
        (json as { statusCode: number }[]).map(({ statusCode }) => statusCode),
        [201, 409, 424],
      )
      assert.deepEqual(await idsOf(container), ['a'])
    },
    'takes every kind of operation': async ({ makeContainer }) => {
      const { items } = await makeContainer()
      const kinds = ['Create', 'Upsert', 'Replace', 'Patch', 'Read', 'Delete'] as const
      for (const id of kinds.slice(1)) await items.create({ id, tenantId: 't', n: 1 })
      const bodies: Record<string, object> = {
        Create: { id: 'Create', tenantId: 't' },
        Upsert: { id: 'Upsert', tenantId: 't' },
        Replace: { id: 'Replace', tenantId: 't' },
        Patch: { operations: [{ op: 'incr', path: '/n', value: 1 }] },
      }
      const results = await items.executeBulkOperations(
        [...kinds, 'Missing'].map((id) => ({
          operationType: id === 'Missing' ? 'Delete' : id,
          id,
          partitionKey: 't',
          resourceBody: bodies[id],
        })) as never,
      )
      assert.deepEqual(
        results.map(({ response, error }) => response?.statusCode ?? error?.code),
        [201, 200, 200, 200, 200, 204, 404],
      )
    },
    'takes keys of several levels': async (context) => {
      const partitionKey = { paths: ['/x', '/y'], kind: 'MultiHash', version: 2 } as never
      const container = await context.makeContainer({ partitionKey })
      const resourceBody = { id: 'a', x: '1', y: '2' }
      const operations = [{ operationType: 'Create', partitionKey: '["1","2"]', resourceBody }]
      const { json } = await sendBulk(context, container, 'true', operations)
      holds((json as object[])[0], { statusCode: 201 })
    },
    'answers 400 in its place to an operation without a partition key': async (context) => {
      const container = await context.makeContainer()
      const { json } = await sendBulk(context, container, 'true', [create('a')])
      holds((json as object[])[0], { statusCode: 400 })
    },
    'runs hundreds of operations through the client': async ({ makeContainer }) => {
      const container = await makeContainer()
      const operations = Array.from({ length: 300 }, (_, at) => ({
        operationType: 'Upsert' as const,
        partitionKey: `t${at % 7}`,
        resourceBody: { id: `${at}`, tenantId: `t${at % 7}` },
      }))
      const results = await container.items.executeBulkOperations(operations)
      assert.ok(results.every(({ response }) => response?.statusCode === 201))
      assert.equal((await idsOf(container)).length, 300)
    },
  }),
]

async function sendBulk(
  context: ContractContext,
  container: Container,
  continueOnError: string,
  operations: object[] = ['a', 'a', 'b'].map((id) => ({ ...create(id), partitionKey: '["t"]' })),
): ReturnType<ContractContext['send']> {
  return sendBatch(context, container, JSON.stringify(operations), {
    'x-ms-cosmos-batch-atomic': 'false',
    'x-ms-cosmos-batch-continue-on-error': continueOnError,
    'x-ms-documentdb-partitionkeyrangeid': '0',
  })
}

/** The deletion of a whole logical partition. */
export const partitionRows: ContractRow[] = [
  ...faithful('container.deletePartition', {
    'deletes every document of the key, and no other': async ({ makeContainer }) => {
      const container = await makeContainer()
      for (const [id, tenantId] of [
        ['a', 't'],
        ['b', 't'],
        ['c', 'u'],
      ] as const)
        await container.items.create({ id, tenantId })
      await container.deleteAllItemsForPartitionKey('t')
      assert.deepEqual(await idsOf(container), ['c'])
    },
    'deletes by a prefix of a hierarchical key': async ({ makeContainer }) => {
      const partitionKey = { paths: ['/x', '/y'], kind: 'MultiHash', version: 2 } as never
      const container = await makeContainer({ partitionKey })
      for (const [id, x, y] of [
        ['a', '1', '1'],
        ['b', '1', '2'],
        ['c', '2', '1'],
      ] as const)
        await container.items.create({ id, x, y })
      await container.deleteAllItemsForPartitionKey(['1'])
      assert.deepEqual(await idsOf(container), ['c'])
    },
    'answers 200 where there is nothing to delete': async ({ makeContainer }) => {
      await answers((await makeContainer()).deleteAllItemsForPartitionKey('t') as never, 200)
    },
    'answers 400 without a partition key': async ({ makeContainer, send }) => {
      const container = await makeContainer()
      const signs = { type: 'partitionkey', link: pathOf(container).slice(1) }
      const path = `${pathOf(container)}/operations/partitionkeydelete`
      isAnswer(await send('POST', path, { signs }), 400, /PartitionKey/)
    },
    'answers 404 where there is no such container': async ({ makeDatabase }) => {
      await fails((await makeDatabase()).container('none').deleteAllItemsForPartitionKey('t'), 404)
    },
  }),
]
