import type { Container } from '@azure/cosmos'
import { describe, expect, it } from '@jest/globals'

import { openContainer } from './open-container.ts'
import type { OpenedContainer } from './open-container.ts'
import { sendSigned } from './signed-request.ts'

const replaceOffer = async (
  { emulator }: OpenedContainer,
  container: Pick<Container, 'readOffer'>,
  content: unknown,
  headers: Record<string, string> = {},
): Promise<{
  status: number
  content: Record<string, unknown>
  least: string | undefined
  message: string
}> => {
  const { resource } = await container.readOffer()
  const [account] = emulator.accounts
  if (!account || !resource) throw new Error('no offer')
  const body = JSON.stringify({ ...resource, content })
  const answer = await sendSigned(account, 'PUT', `/offers/${resource.id}`, { headers, body })
  const { content: after, message = '' } = answer.json as {
    content: Record<string, unknown>
    message?: string
  }
  return {
    status: answer.status,
    content: after,
    least: answer.headers['x-ms-cosmos-min-throughput'],
    message,
  }
}

describe('an offer', () => {
  it('keeps its kind, and cannot fall under a hundredth of what it ever was', async () => {
    await using opened = await openContainer()
    const { container } = opened
    const { offer } = await container.readOffer()

    expect((await offer?.read())?.headers['x-ms-cosmos-min-throughput']).toBe('400')
    expect(await replaceOffer(opened, container, { offerThroughput: 60_000 })).toMatchObject({
      status: 200,
      content: {
        offerThroughput: 60_000,
        offerIsRUPerMinuteThroughputEnabled: false,
        offerMinimumThroughputParameters: { maxThroughputEverProvisioned: 60_000 },
      },
      least: '600',
    })
    expect(await replaceOffer(opened, container, { offerThroughput: 500 })).toMatchObject({
      status: 400,
      message: expect.stringContaining('at least 600'),
    })
    expect(
      await replaceOffer(opened, container, { offerAutopilotSettings: { maxThroughput: 4000 } }),
    ).toMatchObject({
      status: 400,
      message: expect.stringContaining('x-ms-cosmos-migrate-offer-to-autopilot'),
    })
    expect(await replaceOffer(opened, container, { offerThroughput: 600 })).toMatchObject({ status: 200 })
  })

  it('migrates to autoscale and back', async () => {
    await using opened = await openContainer({ throughput: 5200 })
    const { container } = opened
    const toAutoscale = { 'x-ms-cosmos-migrate-offer-to-autopilot': 'true' }
    const toManual = { 'x-ms-cosmos-migrate-offer-to-manual-throughput': 'true' }

    expect(await replaceOffer(opened, container, undefined, toAutoscale)).toMatchObject({
      status: 200,
      content: { offerThroughput: 600, offerAutopilotSettings: { maxThroughput: 6000 } },
      least: '1000',
    })
    expect(
      await replaceOffer(opened, container, { offerAutopilotSettings: { maxThroughput: 9000 } }),
    ).toMatchObject({ status: 200, content: { offerThroughput: 900 } })
    expect(await replaceOffer(opened, container, { offerThroughput: 9000 })).toMatchObject({
      status: 400,
      message: expect.stringContaining('migrate-offer-to-manual-throughput'),
    })
    expect(await replaceOffer(opened, container, undefined, toManual)).toMatchObject({
      status: 200,
      content: { offerThroughput: 9000 },
    })
    expect((await container.readOffer()).resource?.content).not.toHaveProperty('offerAutopilotSettings')
  })

  it('that is raised over what the ranges can serve splits them', async () => {
    await using opened = await openContainer()
    const { container } = opened
    await container.items.create({ id: 'a', tenantId: 't' })
    await replaceOffer(opened, container, { offerThroughput: 10_000 })
    expect(await container.getFeedRanges()).toHaveLength(1)

    await replaceOffer(opened, container, { offerThroughput: 35_000 })

    const { resources } = await container.readPartitionKeyRanges().fetchAll()
    expect(resources).toHaveLength(4)
    expect((await container.item('a', 't').read()).statusCode).toBe(200)
  })

  it('is not there in a serverless account', async () => {
    await using opened = await openContainer({}, { serverless: true })
    const { container, database } = opened

    expect((await container.readOffer()).resource).toBeUndefined()
    await expect(database.containers.create({ id: 'more', throughput: 400 })).rejects.toMatchObject({
      code: 400,
      message: expect.stringContaining('serverless'),
    })
  })
})

describe('throughput that is enforced', () => {
  // Each look at the clock is a moment later, so that a client which waits and asks again gets through.
  const open = async (definition = {}): Promise<OpenedContainer & { hold: () => void; go: () => void }> => {
    let nowMs = Date.UTC(2026, 0, 1)
    let stepMs = 0
    const opened = await openContainer(definition, {
      enforceThroughput: true,
      clock: () => (nowMs += stepMs),
    })
    return Object.assign(opened, {
      hold: () => {
        stepMs = 0
        nowMs += 60_000 - (nowMs % 1000)
      },
      go: () => {
        stepMs = 50
      },
    })
  }
  const big = (id: string): { id: string; tenantId: string; text: string } => ({
    id,
    tenantId: 't',
    text: 'x'.repeat(50_000),
  })

  it('refuses with 429, 3200 and the time to wait; the client waits and gets through', async () => {
    await using opened = await open()
    const { container, emulator } = opened
    opened.hold()
    for (const id of ['first', 'second']) await container.items.create(big(id))
    const [account] = emulator.accounts
    const refused = await sendSigned(account!, 'GET', '/dbs/media/colls/things/docs/second', {
      headers: { 'x-ms-documentdb-partitionkey': '["t"]' },
    })
    expect([
      refused.status,
      refused.headers['x-ms-substatus'],
      refused.headers['x-ms-retry-after-ms'],
    ]).toEqual([429, '3200', '1000'])

    opened.go()
    const { statusCode, headers } = await container.item('second', 't').read()

    expect(statusCode).toBe(200)
    expect(Number(headers['x-ms-throttle-retry-count'])).toBeGreaterThan(0)
  })

  it('is apart for each range, and refuses single operations of a bulk', async () => {
    await using opened = await open({ throughput: 12_000 })
    const { container, emulator } = opened
    opened.hold()
    const [account] = emulator.accounts
    const bulk = async (): Promise<number[]> => {
      const operations = Array.from({ length: 30 }, (_, n) => ({
        operationType: 'Create',
        partitionKey: '["t"]',
        resourceBody: big(`${crypto.randomUUID()}-${n}`),
      }))
      const { json } = await sendSigned(account!, 'POST', '/dbs/media/colls/things/docs', {
        headers: {
          'x-ms-cosmos-is-batch-request': 'true',
          'x-ms-cosmos-batch-continue-on-error': 'true',
          'x-ms-documentdb-partitionkey': '["t"]',
        },
        body: JSON.stringify(operations),
      })
      return (json as { statusCode: number }[]).map(({ statusCode }) => statusCode)
    }

    const statuses = await bulk()

    expect(new Set(statuses)).toEqual(new Set([201, 429]))
    expect(statuses.toSorted((a, b) => a - b)).toEqual(statuses)
    // The other half of the hash space has its own share.
    const other = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
    const free = await Promise.all(
      other.map(async (tenantId) => {
        const { status } = await sendSigned(account!, 'GET', `/dbs/media/colls/things/docs/none`, {
          headers: { 'x-ms-documentdb-partitionkey': JSON.stringify([tenantId]) },
        })
        return status
      }),
    )
    expect(new Set(free)).toEqual(new Set([404, 429]))
    opened.hold()
    expect((await container.item('none', 't').read()).statusCode).toBe(404)
  })

  it('is one for all containers of a database that shares it', async () => {
    await using opened = await open()
    const { client, emulator } = opened
    const { database } = await client.databases.create({ id: 'shared', throughput: 400 })
    const one = (await database.containers.create({ id: 'one', partitionKey: '/tenantId' })).container
    await database.containers.create({ id: 'two', partitionKey: '/tenantId' })
    opened.hold()
    for (const id of ['1', '2']) await one.items.create(big(id))

    const { status } = await sendSigned(emulator.accounts[0]!, 'GET', '/dbs/shared/colls/two/docs/none', {
      headers: { 'x-ms-documentdb-partitionkey': '["t"]' },
    })

    expect(status).toBe(429)
  })
})
