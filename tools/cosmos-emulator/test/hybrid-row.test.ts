import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'

import { readRow } from '../src/hybrid-row/read-row.ts'
import { isRecordStream, readRecords, writeRecords } from '../src/hybrid-row/record-stream.ts'
import { batchOperationSchema, batchResultSchema } from '../src/hybrid-row/row-schema.ts'
import type { Column, Row } from '../src/hybrid-row/row-schema.ts'
import { writeRow } from '../src/hybrid-row/write-row.ts'
import { openContext, pathOf } from './contract/contract-context.ts'

/** What version 3.64.0 of the .NET client sends for a create, an upsert guarded by an etag and answered without content, a patch, a read and a delete. */
const sentByClient = Buffer.from(
  [
    '81f0d8ff7f010a000000',
    '81f1d8ff7f4a0000001c47f6a1817054e17f4300000000020000003b7b226964223a2231222c2274656e616e744964223a2261222c226b696e64223a22706c61696e222c2273697a65223a312c2274616773223a5b5d7d',
    '81f1d8ff7f4800000002341487817054e17f5301000000020000000133377b226f7065726174696f6e73223a5b7b226f70223a22696e6372222c2270617468223a222f73697a65222c2276616c7565223a357d5d7d',
    '81f1d8ff7f160000005f09fd5d817054e17f1304000000020000000131140903226d22',
    '81f1d8ff7f16000000d13a9800817054e17f1304000000020000000132140a03226e22',
  ].join(''),
  'hex',
)

const values = {
  int32: fc.integer(),
  uint32: fc.nat(),
  float64: fc.double({ noNaN: true }),
  bool: fc.boolean(),
  utf8: fc.string({ unit: 'grapheme', maxLength: 300 }),
  binary: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
}

function rowsOf(columns: readonly Column[]): fc.Arbitrary<Row> {
  return fc.record(
    Object.fromEntries(columns.map(({ name, type }) => [name, values[type] as fc.Arbitrary<Row[string]>])),
    { requiredKeys: [] },
  )
}

describe('rows in binary', () => {
  it.each([
    ['operations', batchOperationSchema],
    ['results', batchResultSchema],
  ])('are read as they were written: %s', (_, schema) => {
    fc.assert(
      fc.property(fc.array(rowsOf(schema.columns), { maxLength: 5 }), (rows) => {
        const stream = writeRecords(rows.map((row) => writeRow(row, schema)))
        expect(isRecordStream(stream)).toBe(true)
        expect(readRecords(stream).map((record) => readRow(record, schema))).toEqual(
          rows.map((row) => ({ ...row })),
        )
      }),
      { numRuns: 200 },
    )
  })

  it('are read as the .NET client writes them', () => {
    const rows = readRecords(sentByClient).map((record) => readRow(record, batchOperationSchema))

    expect(rows).toMatchObject([
      { operationType: 0, resourceType: 2 },
      { operationType: 1, id: '3' },
      { operationType: 4, id: '1', ifMatch: '"m"' },
      { operationType: 4, id: '2', ifNoneMatch: '"n"' },
    ])
    expect(JSON.parse(String(rows[0]?.resourceBody))).toMatchObject({ id: '1', tenantId: 'a', kind: 'plain' })
    expect(writeRecords(rows.map((row) => writeRow(row, batchOperationSchema)))).toEqual(sentByClient)
  })
})

describe('a batch in binary', () => {
  const headers = {
    'x-ms-cosmos-is-batch-request': 'True',
    'x-ms-cosmos-batch-atomic': 'True',
    'x-ms-documentdb-partitionkey': '["a"]',
  }
  const create = { operationType: 0, resourceType: 2, resourceBody: '{"id":"1","tenantId":"a"}' }

  function toStream(...rows: Row[]): Buffer {
    return writeRecords(rows.map((row) => writeRow(row, batchOperationSchema)))
  }

  it('is answered with a 400, never worse, when its bytes are cut off or changed', async () => {
    await using context = await openContext()
    const path = `${pathOf(await context.makeContainer())}/docs`
    const whole = toStream(create, { operationType: 2, resourceType: 2, id: '1', ifNoneMatch: '"x"' })

    for (let at = 1; at < whole.length; at += 3) {
      const cut = whole.subarray(0, at)
      const changed = Buffer.from(whole)
      changed.writeUInt8(255 - whole.readUInt8(at), at)
      const statuses = [
        // oxlint-disable-next-line no-await-in-loop -- One after another: each may store what the next finds.
        (await context.send('POST', path, { headers, body: cut })).status,
        // oxlint-disable-next-line no-await-in-loop -- As above.
        (await context.send('POST', path, { headers, body: changed })).status,
      ]
      for (const status of statuses) expect([200, 207, 400]).toContain(status)
      expect(statuses).toContain(400)
    }
  })

  it.each([
    ['the type of an operation', { ...create, operationType: 99 }, 400],
    ['the type of a resource', { ...create, resourceType: 3 }, 400],
    ['a body', { ...create, resourceBody: '{' }, 400],
    ['an effective partition key', { ...create, effectivePartitionKey: Buffer.from('05') }, 501],
  ])('is refused for %s that it cannot have', async (_, row, status) => {
    await using context = await openContext()
    const path = `${pathOf(await context.makeContainer())}/docs`

    const answer = await context.send('POST', path, { headers, body: toStream(row) })

    expect(answer.status).toBe(status)
    expect(answer.text).toContain('message')
  })
})
