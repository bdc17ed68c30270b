import assert from 'node:assert/strict'

import { readRow } from '../../src/hybrid-row/read-row.ts'
import { readRecords, writeRecords } from '../../src/hybrid-row/record-stream.ts'
import { batchOperationSchema, batchResultSchema } from '../../src/hybrid-row/row-schema.ts'
import type { Row } from '../../src/hybrid-row/row-schema.ts'
import { writeRow } from '../../src/hybrid-row/write-row.ts'
import { isAnswer } from './assertions.ts'
import type { ContractContext } from './contract-context.ts'
import { pathOf } from './contract-context.ts'
import { faithful, refused } from './contract-row.ts'
import type { ContractRow } from './contract-row.ts'

const ofDocument = { resourceType: 2 }
const create: Row = { ...ofDocument, operationType: 0, resourceBody: '{"id":"1","tenantId":"t"}' }
const read: Row = { ...ofDocument, operationType: 2, id: '1' }

function inBinary(rows: Row[]): Buffer {
  return writeRecords(rows.map((row) => writeRow(row, batchOperationSchema)))
}

async function sendBatch(
  { makeContainer, send }: ContractContext,
  body: Buffer,
  isAtomic = true,
): ReturnType<ContractContext['send']> {
  return send('POST', `${pathOf(await makeContainer())}/docs`, {
    headers: {
      'x-ms-cosmos-is-batch-request': 'True',
      'x-ms-documentdb-partitionkey': '["t"]',
      ...(isAtomic
        ? { 'x-ms-cosmos-batch-atomic': 'True' }
        : { 'x-ms-cosmos-batch-continue-on-error': 'True' }),
    },
    body,
  })
}

function statusesOf(bytes: Buffer): unknown[] {
  return readRecords(bytes).map((record) => readRow(record, batchResultSchema).statusCode)
}

/** Sends an ordered query over three documents with a filter that says where it goes on. */
async function resume(
  { makeContainer, send }: ContractContext,
  resumeFilter: unknown,
): ReturnType<ContractContext['send']> {
  const container = await makeContainer()
  for (const size of [1, 2, 3]) await container.items.create({ id: `${size}`, tenantId: 't', size })
  return send('POST', `${pathOf(container)}/docs`, {
    headers: { 'content-type': 'application/query+json', 'x-ms-documentdb-isquery': 'True' },
    body: JSON.stringify({ query: 'SELECT VALUE c.size FROM c ORDER BY c.size', resumeFilter }),
  })
}

/** What the .NET SDK sends, and the JavaScript SDK does not. */
export const clientRows: ContractRow[] = [
  ...faithful('items.batch', {
    'is taken in binary (HybridRow), and answered so': async (context) => {
      const { status, bytes } = await sendBatch(context, inBinary([create, read]))
      assert.equal(status, 200)
      assert.deepEqual(statusesOf(bytes), [201, 200])
    },
    'tells in binary which operation failed': async (context) => {
      const { status, bytes } = await sendBatch(context, inBinary([create, create, read]))
      assert.equal(status, 207)
      assert.deepEqual(statusesOf(bytes), [424, 409, 424])
    },
    'answers 400 to binary that is cut off, or whose check sum is wrong': async (context) => {
      const whole = inBinary([create])
      isAnswer(await sendBatch(context, whole.subarray(0, -1)), 400, /ends too early/)
      const changed = Buffer.from(whole)
      changed.writeUInt8(255 - whole.readUInt8(whole.length - 1), whole.length - 1)
      isAnswer(await sendBatch(context, changed), 400, /check sum/)
    },
  }),
  refused('items.batch', 'an operation by effectivePartitionKey', async (context) => {
    const operation = { ...create, effectivePartitionKey: Buffer.from('05') }
    isAnswer(await sendBatch(context, inBinary([operation])), 501, /effectivePartitionKey/)
  }),
  ...faithful('items.bulk', {
    'is taken in binary (HybridRow), and answered so': async (context) => {
      const operations = [create, create, read].map((row) => ({ ...row, partitionKey: '["t"]' }))
      const { status, bytes } = await sendBatch(context, inBinary(operations), false)
      assert.equal(status, 207)
      assert.deepEqual(statusesOf(bytes), [201, 409, 200])
    },
  }),
  ...faithful('items.query', {
    'goes on behind the row that a resumeFilter tells of': async (context) => {
      const { status, json } = await resume(context, { value: [1], exclude: true })
      assert.equal(status, 200)
      assert.deepEqual((json as { Documents: unknown }).Documents, [2, 3])
    },
    'answers 400 to a resumeFilter with too many values': async (context) => {
      isAnswer(await resume(context, { value: [1, 2], exclude: true }), 400, /resumeFilter/)
    },
  }),
  refused('items.query', 'a resumeFilter with the hash of an array or an object', async (context) => {
    const value = [{ type: 'array', low: 1, high: 2 }]
    isAnswer(await resume(context, { value, exclude: false }), 501, /array/)
  }),
]
