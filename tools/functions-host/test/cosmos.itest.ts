import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CosmosClient } from '@azure/cosmos'
import type { ChangeFeedPolicy, Container } from '@azure/cosmos'
import { describe, expect, it, jest } from '@jest/globals'
import { startCosmosEmulator } from '@zoetrope/cosmos-emulator/source'

import { startFunctionsHost } from '../src/index.ts'
import { RunningHost } from './running-host.ts'
import { until } from './until.ts'

jest.setTimeout(60_000)

interface Batch {
  ids: string[]
  retryCount: number
  changes?: { current: string | null; deleted?: string; operation: string }[]
}

interface Lease {
  id: string
  ContinuationToken: string | null
  Owner: string | null
}

/** Short lease times, for tests of what happens between hosts. */
const shortLeases = { LEASE_INTERVAL_MS: '300', LEASE_EXPIRATION_MS: '4000' }

/** A run of the fixture app, with what its functions were given. */
interface App {
  host: RunningHost
  batches: () => Batch[]
}

/** An account of its own, and a way to run the fixture app on it. */
async function startAccount(): Promise<
  AsyncDisposable & {
    makeItems: (throughput?: number) => Promise<Container>
    settings: Readonly<Record<string, string>>
    startApp: (settings?: Readonly<Record<string, string>>, ...flags: string[]) => Promise<RunningHost>
    /** A host with a trace of its own. */
    startTracedApp: (settings: Readonly<Record<string, string>>) => Promise<App>
    batches: () => Batch[]
    leases: () => Promise<Lease[]>
    client: CosmosClient
  }
> {
  const emulator = await startCosmosEmulator()
  const [account] = emulator.accounts
  if (!account) throw new Error('no account')
  const connection = `AccountEndpoint=${account.endpoint};AccountKey=${account.key};`
  const client = new CosmosClient(connection)
  const folder = mkdtempSync(join(tmpdir(), 'functions-host-cosmos-'))
  const settings = { Cosmos: connection, TRACE_FILE: join(folder, 'trace') }
  return {
    client,
    settings,
    async makeItems(throughput) {
      const { database } = await client.databases.createIfNotExists({ id: 'db' })
      const { container } = await database.containers.createIfNotExists({
        id: 'items',
        partitionKey: '/id',
        ...(throughput === undefined ? {} : { throughput }),
      })
      return container
    },
    startApp: (more = {}, ...flags) => RunningHost.start({ changes: { ...settings, ...more } }, ...flags),
    async startTracedApp(more) {
      const trace = join(folder, `trace-${crypto.randomUUID()}`)
      const host = await RunningHost.start({ changes: { ...settings, ...more, TRACE_FILE: trace } })
      return { host, batches: () => readBatches(trace) }
    },
    batches: () => readBatches(settings.TRACE_FILE),
    async leases() {
      const container = client.database('db').container('leases')
      return (await container.items.readAll<Lease>().fetchAll()).resources
    },
    async [Symbol.asyncDispose]() {
      client.dispose()
      await emulator.close()
      rmSync(folder, { recursive: true })
    },
  }
}

function readBatches(file: string): Batch[] {
  try {
    const lines = readFileSync(file, 'utf8').trim().split('\n')
    return lines.map((line) => JSON.parse(line) as Batch)
  } catch {
    return []
  }
}

const sorted = (batches: Batch[]): string[] => batches.flatMap(({ ids }) => ids).toSorted()

describe('a change feed function', () => {
  it('waits for its container, then sees each document once, in batches of the size asked for', async () => {
    await using account = await startAccount()
    await using host = await account.startApp()
    await until(
      () => /for onChange cannot be read yet: the container, .* does not exist/.exec(host.log) ?? undefined,
    )
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

describe('hosts of one app', () => {
  /** How many leases each owner holds, in order. */
  const shares = (leases: Lease[]): number[] => {
    const owners = [...new Set(leases.flatMap(({ Owner }) => Owner ?? []))]
    return owners
      .map((owner) => leases.filter(({ Owner }) => Owner === owner).length)
      .toSorted((a, b) => a - b)
  }
  const names = (prefix: string, count: number): string[] =>
    Array.from({ length: count }, (_name, n) => `${prefix}${String(n).padStart(3, '0')}`)

  it('share the ranges of a container; when one is killed the other takes over, and nothing is lost', async () => {
    await using account = await startAccount()
    const items = await account.makeItems(21_000)
    const one = await account.startTracedApp(shortLeases)
    await using _one = one.host
    await until(
      async () => (await account.leases().catch(() => [])).filter(({ Owner }) => Owner).length === 4,
    )
    const other = await account.startTracedApp(shortLeases)
    await using _other = other.host
    await until(async () => String(shares(await account.leases())) === '2,2')
    // Until the first host has noticed, both may see the same changes.
    await until(() => (one.host.log.match(/The lease .* is held by/g) ?? []).length === 2)

    const early = names('early', 60)
    for (const id of early) await items.items.create({ id })
    await until(() => new Set([...sorted(one.batches()), ...sorted(other.batches())]).size === 60)
    expect(one.batches().length).toBeGreaterThan(0)
    expect(other.batches().length).toBeGreaterThan(0)
    expect([...sorted(one.batches()), ...sorted(other.batches())].toSorted()).toEqual(early)

    const late = names('late', 60)
    for (const [n, id] of late.entries()) {
      if (n === 30) await one.host.end('SIGKILL')
      await items.items.create({ id })
    }
    const all = (): Set<string> => new Set([...sorted(one.batches()), ...sorted(other.batches())])
    await until(() => all().size === 120)
    expect(shares(await account.leases())).toEqual([4])

    expect(await other.host.end('SIGTERM')).toBe(0)
    expect((await account.leases()).map(({ Owner }) => Owner)).toEqual([null, null, null, null])
  })

  it('that came after one that was killed with the same data go on at once, though its leases have not expired', async () => {
    await using account = await startAccount()
    const items = await account.makeItems()
    await using killed = await account.startApp()
    await items.items.create({ id: 'before' })
    await until(() => account.batches()[0])
    await killed.end('SIGKILL')
    await items.items.create({ id: 'after' })
    await using _ = await account.startApp({}, '--data', killed.directory)
    await until(() => sorted(account.batches()).includes('after'))
  })

  it('share the changes also between two functions that have one lease prefix', async () => {
    await using account = await startAccount()
    const items = await account.makeItems(21_000)
    const app = await account.startTracedApp({ ...shortLeases, FUNCTIONS: 'onChange,alsoOnChange' })
    await using _ = app.host
    await until(async () => String(shares(await account.leases().catch(() => []))) === '2,2')
    const ids = names('d', 40)
    for (const id of ids) await items.items.create({ id })
    await until(() => new Set(sorted(app.batches())).size === 40)
    // Each would have seen all; a few come twice while a lease changes hands.
    expect(sorted(app.batches()).length).toBeLessThan(80)
  })

  it('that end give a batch that they interrupt to the next one', async () => {
    await using account = await startAccount()
    const items = await account.makeItems()
    await items.items.create({ id: 'long', behaviour: 'hangOnce' })
    const dataDirectory = mkdtempSync(join(tmpdir(), 'functions-host-drain-'))
    const app = {
      directory: join(import.meta.dirname, 'fixtures/changes'),
      port: 0,
      settings: account.settings,
    }
    const host = await startFunctionsHost({ apps: [app], dataDirectory, drainMs: 100, log: () => () => {} })
    await until(() => account.batches()[0])
    await host.close()
    rmSync(dataDirectory, { recursive: true })

    await using _ = await account.startApp()
    await until(() => account.batches()[1])
    expect(account.batches().map(({ ids }) => ids)).toEqual([['long'], ['long']])
  })
})

describe('what waits at a feed', () => {
  it('is known, a batch that runs included', async () => {
    await using account = await startAccount()
    const items = await account.makeItems()
    for (let n = 0; n < 25; n += 1)
      await items.items.create({ id: `i${n}`, ...(n === 10 ? { behaviour: 'hangOnce' } : {}) })
    await using host = await account.startApp()
    const waiting = async (): Promise<number | undefined> => {
      const metrics = await (await fetch(`${host.url('changes')}/admin/host/metrics`)).json()
      const { functions } = metrics as { functions: { name: string; backlogs: { waiting?: number }[] }[] }
      return functions.find(({ name }) => name === 'onChange')?.backlogs[0]?.waiting
    }
    await until(() => account.batches().some(({ ids }) => ids.includes('i10')) || undefined)
    expect(await waiting()).toBe(15)
  })
})

describe('a feed of all versions and deletes', () => {
  it('gives the function each version and each delete', async () => {
    await using account = await startAccount()
    const { database } = await account.client.databases.createIfNotExists({ id: 'db' })
    const { container: items } = await database.containers.createIfNotExists({
      id: 'items',
      partitionKey: '/id',
      changeFeedPolicy: { retentionDuration: 10 } as ChangeFeedPolicy,
    })
    await using _ = await account.startApp({ FEED_MODE: 'AllVersionsAndDeletes' })
    // It starts from now, and now is when it has looked for the first time.
    await until(async () => (await account.leases().catch(() => []))[0]?.ContinuationToken ?? undefined)
    await items.items.create({ id: 'a', n: 1 })
    await items.items.upsert({ id: 'a', n: 2 })
    await items.item('a', 'a').delete()

    const seen = (): unknown[] => account.batches().flatMap(({ changes = [] }) => changes)
    await until(() => seen().length === 3)
    expect(seen()).toEqual([
      { current: 'a', operation: 'create' },
      { current: 'a', operation: 'replace' },
      { current: null, deleted: 'a', operation: 'delete' },
    ])
  })

  it('that the account does not offer is a fault that names function and setting', async () => {
    await using account = await startAccount()
    await account.makeItems()
    await using host = await account.startApp({ FEED_MODE: 'AllVersionsAndDeletes' })
    await until(() => /for onChange .* changeFeedMode AllVersionsAndDeletes/.exec(host.log))
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
