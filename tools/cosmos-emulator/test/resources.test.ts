import { CosmosClient } from '@azure/cosmos'
import { describe, expect, it } from '@jest/globals'

import { startCosmosEmulator } from '../src/index.ts'
import { clientOf, hierarchicalKey, openContainer, statusOf } from './open-container.ts'

describe('databases and containers', () => {
  it('are made, read, listed, queried and deleted', async () => {
    await using emulator = await startCosmosEmulator()
    const client = clientOf(emulator)
    const { database } = await client.databases.create({ id: 'one', throughput: 500 })
    await client.databases.create({ id: 'two' })
    await database.containers.create({ id: 'a', ...hierarchicalKey('/x', '/y') })

    expect((await client.databases.readAll().fetchAll()).resources.map(({ id }) => id)).toEqual([
      'one',
      'two',
    ])
    expect(
      (await client.databases.query('SELECT VALUE d.id FROM d WHERE d.id = "two"').fetchAll()).resources,
    ).toEqual(['two'])
    expect((await database.containers.readAll().fetchAll()).resources.map(({ id }) => id)).toEqual(['a'])
    expect((await database.container('a').read()).resource).toMatchObject({
      id: 'a',
      partitionKey: { paths: ['/x', '/y'], kind: 'MultiHash', version: 2 },
      indexingPolicy: {
        indexingMode: 'consistent',
        automatic: true,
        includedPaths: [{ path: '/*' }],
        excludedPaths: [{ path: '/"_etag"/?' }],
      },
    })
    expect((await database.readOffer()).resource?.content?.offerThroughput).toBe(500)
    expect(await statusOf(client.databases.create({ id: 'one' }))).toBe(409)
    expect(await statusOf(database.containers.create({ id: 'a' }))).toBe(409)
    expect(await statusOf(database.container('none').read())).toBe(404)
    expect(await statusOf(database.delete())).toBe(204)
    expect(await statusOf(database.read())).toBe(404)
    client.dispose()
  })

  it('are new when made again: nothing of the old is in them', async () => {
    await using opened = await openContainer()
    const { container, database } = opened
    await container.items.create({ id: 'a', tenantId: 't' })
    const before = (await container.read()).resource?._rid
    await container.delete()
    await database.containers.create({ id: 'things', partitionKey: '/tenantId' })

    expect((await container.read()).resource?._rid).not.toBe(before)
    expect((await container.items.readAll().fetchAll()).resources).toEqual([])
  })

  it('have a throughput that can be replaced', async () => {
    await using opened = await openContainer()
    const { resource, offer } = await opened.container.readOffer()
    expect(resource?.content?.offerThroughput).toBe(400)
    await offer?.replace({ ...resource, content: { ...resource?.content, offerThroughput: 1000 } } as never)

    expect((await opened.container.readOffer()).resource?.content?.offerThroughput).toBe(1000)
  })

  it('forget a whole logical partition at once', async () => {
    await using opened = await openContainer(hierarchicalKey('/tenantId', '/jobId'))
    const { container } = opened
    for (const [tenantId, jobId] of [
      ['t', '1'],
      ['t', '2'],
      ['u', '1'],
    ])
      await container.items.create({ id: 'a', tenantId, jobId })
    await container.deleteAllItemsForPartitionKey(['t', '1'])

    expect((await container.items.query('SELECT c.tenantId, c.jobId FROM c').fetchAll()).resources).toEqual([
      { tenantId: 't', jobId: '2' },
      { tenantId: 'u', jobId: '1' },
    ])
  })
})

describe('an account', () => {
  it('refuses a wrong key and a request without one', async () => {
    await using emulator = await startCosmosEmulator()
    const [account] = emulator.accounts
    const stranger = new CosmosClient({
      endpoint: account!.endpoint,
      key: Buffer.from('wrong').toString('base64'),
    })

    expect(await statusOf(stranger.databases.readAll().fetchAll() as never)).toBe(401)
    expect((await fetch(`${account?.endpoint}dbs`)).status).toBe(401)
    stranger.dispose()
  })

  it('is apart from another account of the same emulator', async () => {
    await using emulator = await startCosmosEmulator({
      accounts: [
        { name: 'primary', port: 0 },
        { name: 'replica', port: 0, key: Buffer.from('other').toString('base64') },
      ],
    })
    const [primary, replica] = emulator.accounts.map((account) => clientOf(emulator, account))
    await primary?.databases.create({ id: 'd' })

    expect((await replica?.databases.readAll().fetchAll())?.resources).toEqual([])
    primary?.dispose()
    replica?.dispose()
  })

  it('asks for each operation once: what it says of itself sends no client round again', async () => {
    await using opened = await openContainer()
    const { diagnostics } = await opened.container.item('none', 't').read()

    expect(diagnostics.clientSideRequestStatistics.gatewayStatistics).toHaveLength(1)
    expect(diagnostics.clientSideRequestStatistics.locationEndpointsContacted).toHaveLength(1)
  })
})

describe('an injected fault', () => {
  it('of 429 is waited out by the client', async () => {
    await using opened = await openContainer()
    opened.emulator.injectFault({
      method: 'POST',
      pathPattern: /\/docs$/,
      status: 429,
      retryAfterMs: 5,
      times: 2,
    })

    const created = await opened.container.items.create({ id: 'a', tenantId: 't' })

    expect(created.statusCode).toBe(201)
    expect(created.headers['x-ms-throttle-retry-count']).toBe(2)
  })

  it('strikes as often as it was told, and only where it matches', async () => {
    await using opened = await openContainer()
    const { container, emulator } = opened
    emulator.injectFault({ method: 'PUT', pathPattern: 'docs/a$', status: 449, times: 1 })
    await container.items.create({ id: 'a', tenantId: 't' })

    expect(await statusOf(container.item('a', 't').replace({ id: 'a', tenantId: 't' }))).toBe(449)
    expect(await statusOf(container.item('a', 't').replace({ id: 'a', tenantId: 't' }))).toBe(200)
  })
})

describe('a session', () => {
  it('that has seen more than is stored here is told so, and its client asks again without it', async () => {
    await using opened = await openContainer()
    const { headers } = await opened.container.items.create({ id: 'a', tenantId: 't' })
    const token = String(headers['x-ms-session-token'])
    const attempts = async (sessionToken: string) => {
      const { diagnostics } = await opened.container.item('a', 't').read({ sessionToken })
      const { gatewayStatistics, retryDiagnostics } = diagnostics.clientSideRequestStatistics
      return [...retryDiagnostics.failedAttempts, ...gatewayStatistics].map(({ statusCode }) =>
        Number(statusCode),
      )
    }

    expect(await attempts(token)).toEqual([200])
    expect(await attempts(token.replace(/\d+$/, '999'))).toContain(404)
  })
})
