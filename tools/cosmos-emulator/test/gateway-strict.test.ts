import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'

import { openContainer } from './open-container.ts'
import type { OpenedContainer } from './open-container.ts'
import { sendSigned } from './signed-request.ts'
import type { RawAnswer } from './signed-request.ts'

let opened: OpenedContainer

beforeAll(async () => {
  opened = await openContainer({}, { gatewayStrict: true })
  for (const id of ['a', 'b']) await opened.container.items.create({ id, tenantId: id })
})

afterAll(async () => opened[Symbol.asyncDispose]())

async function ask(query: string, headers: Record<string, string> = {}): Promise<RawAnswer> {
  const [account] = opened.emulator.accounts
  if (!account) throw new Error('The emulator has no account.')
  return sendSigned(account, 'POST', '/dbs/media/colls/things/docs', {
    headers: {
      'content-type': 'application/query+json',
      'x-ms-documentdb-isquery': 'true',
      'x-ms-documentdb-query-enablecrosspartition': 'true',
      ...headers,
    },
    body: JSON.stringify({ query, parameters: [] }),
  })
}

const merged = [
  'SELECT * FROM c ORDER BY c.id',
  'SELECT VALUE COUNT(1) FROM c',
  'SELECT COUNT(1) FROM c',
  'SELECT TOP 1 * FROM c',
  'SELECT DISTINCT c.id FROM c',
  'SELECT c.id FROM c GROUP BY c.id',
  'SELECT * FROM c OFFSET 0 LIMIT 1',
]

describe('an emulator as strict as the gateway', () => {
  it.each(merged)('refuses with the plan what has to be merged: %s', async (query) => {
    const { status, headers, json } = await ask(query)

    const body = json as { message: string; additionalErrorInfo: string }
    expect([status, headers['x-ms-substatus']]).toEqual([400, '1004'])
    expect(body.message).toContain('can not be directly served by the gateway')
    expect(JSON.parse(body.additionalErrorInfo)).toMatchObject({
      queryInfo: { hasNonStreamingOrderBy: false },
      queryRanges: [{ min: '', max: 'FF' }],
    })
  })

  it.each(merged)('answers what one partition answers: %s', async (query) => {
    const byKey = await ask(query, { 'x-ms-documentdb-partitionkey': '["a"]' })
    const byRange = await ask(query, { 'x-ms-documentdb-partitionkeyrangeid': '0' })
    const byFilter = await ask(query.replace('FROM c', "FROM c WHERE c.tenantId = 'a'"))

    expect([byKey.status, byRange.status, byFilter.status]).toEqual([200, 200, 200])
  })

  it.each([
    'SELECT * FROM c',
    "SELECT c.id FROM c WHERE c.id = 'a'",
    'SELECT VALUE t FROM c JOIN t IN c.tags',
  ])('answers what needs no merging: %s', async (query) => {
    expect((await ask(query)).status).toBe(200)
  })

  it('asks for leave to look at several partitions', async () => {
    const none = { 'x-ms-documentdb-query-enablecrosspartition': 'false' }
    const several = await ask('SELECT * FROM c', none)
    const one = await ask("SELECT * FROM c WHERE c.tenantId = 'a'", none)

    expect([several.status, one.status]).toEqual([400, 200])
    expect(several.text).toContain('Cross partition query is required but disabled')
  })
})
