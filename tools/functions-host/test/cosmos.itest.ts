import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CosmosClient } from '@azure/cosmos'
import type { Container } from '@azure/cosmos'
import { describe, expect, it, jest } from '@jest/globals'
import { startCosmosEmulator } from '@zoetrope/cosmos-emulator'

import { RunningHost } from './running-host.ts'
import { until } from './until.ts'

jest.setTimeout(60_000)

interface Batch {
  ids: string[]
  retryCount: number
}

/** An account of its own, and a way to run the fixture app on it. */
async function startAccount(): Promise<
  AsyncDisposable & {
    client: CosmosClient
    makeItems: () => Promise<Container>
    startApp: () => Promise<RunningHost>
    batches: () => Batch[]
  }
> {
  const emulator = await startCosmosEmulator()
  const [account] = emulator.accounts
  if (!account) throw new Error('no account')
  const connection = `AccountEndpoint=${account.endpoint};AccountKey=${account.key};`
  const client = new CosmosClient(connection)
  const traceFile = join(mkdtempSync(join(tmpdir(), 'functions-host-cosmos-')), 'trace')
  return {
    client,
    async makeItems() {
      const { database } = await client.databases.createIfNotExists({ id: 'db' })
      const { container } = await database.containers.createIfNotExists({ id: 'items', partitionKey: '/id' })
      return container
    },
    startApp: () => RunningHost.start({ changes: { Cosmos: connection, TRACE_FILE: traceFile } }),
    batches() {
      try {
        const lines = readFileSync(traceFile, 'utf8').trim().split('\n')
        return lines.map((line) => JSON.parse(line) as Batch)
      } catch {
        return []
      }
    },
    async [Symbol.asyncDispose]() {
      client.dispose()
      await emulator.close()
    },
  }
}

const sorted = (batches: Batch[]): string[] => batches.flatMap(({ ids }) => ids).toSorted()

describe('a change feed function', () => {
  it('waits for its container, then sees each document once, in batches of the size asked for', async () => {
    await using account = await startAccount()
    await using host = await account.startApp()
    await until(() => /onChange is not readable yet/.exec(host.log) ?? undefined)
    const items = await account.makeItems()
    const ids = Array.from({ length: 25 }, (_item, n) => `i${String(n).padStart(2, '0')}`)
    for (const id of ids) await items.items.create({ id })

    await until(() => (sorted(account.batches()).length >= 25 ? true : undefined))
    expect(sorted(account.batches())).toEqual(ids)
    expect(Math.max(...account.batches().map((batch) => batch.ids.length))).toBeLessThanOrEqual(10)
  })

  it('goes on after a restart where it was', async () => {
    await using account = await startAccount()
    const items = await account.makeItems()
    await items.items.create({ id: 'before' })
    {
      await using host = await account.startApp()
      await until(() => account.batches()[0])
      expect(await host.end('SIGTERM')).toBe(0)
    }
    await items.items.create({ id: 'meanwhile' })
    await using _ = await account.startApp()
    await until(() => account.batches()[1])
    expect(sorted(account.batches())).toEqual(['before', 'meanwhile'])
  })

  it('that fails gets the batch again as often as its policy says, then goes on', async () => {
    await using account = await startAccount()
    const items = await account.makeItems()
    await items.items.create({ id: 'bad', behaviour: 'fail' })
    await using host = await account.startApp()
    await until(() => account.batches().find(({ retryCount }) => retryCount === 2))
    await items.items.create({ id: 'good' })
    await until(() => account.batches().find(({ ids }) => ids.includes('good')))

    expect(account.batches()).toEqual([
      { ids: ['bad'], retryCount: 0 },
      { ids: ['bad'], retryCount: 1 },
      { ids: ['bad'], retryCount: 2 },
      { ids: ['good'], retryCount: 0 },
    ])
    expect(host.log).toContain('bad batch')
  })

  it('whose worker dies gets the batch again, beside its policy', async () => {
    await using account = await startAccount()
    const items = await account.makeItems()
    await items.items.create({ id: 'deadly', behaviour: 'crashOnce' })
    await using _ = await account.startApp()
    await until(() => account.batches()[1])
    expect(account.batches()).toEqual([
      { ids: ['deadly'], retryCount: 0 },
      { ids: ['deadly'], retryCount: 0 },
    ])
  })
})

describe('a Cosmos DB output', () => {
  it('writes the document that the function set, and makes its container', async () => {
    await using account = await startAccount()
    await account.makeItems()
    await using host = await account.startApp()
    const answer = await fetch(`${host.url('changes')}/copy`, { method: 'POST', body: '{"id":"c","n":1}' })
    expect(answer.status).toBe(202)
    const { resource } = await account.client.database('db').container('copies').item('c', 'c').read()
    expect(resource).toMatchObject({ id: 'c', n: 1 })
  })
})
