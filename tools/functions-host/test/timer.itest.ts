import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { BlobServiceClient } from '@azure/storage-blob'
import type { ContainerClient } from '@azure/storage-blob'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'

import { startFunctionsHost } from '../src/index.ts'
import { RunningAzurite } from './running-azurite.ts'
import { RunningHost } from './running-host.ts'
import { until } from './until.ts'

jest.setTimeout(60_000)

interface Run {
  name: string
  timer: {
    isPastDue: boolean
    schedule: { adjustForDST: boolean }
    scheduleStatus?: { last: string; next: string; lastUpdated: string }
  }
  retryCount: number
}

const hourMs = 3_600_000
const now = new Date()
/** Once a year, half a year from now. */
const yearly = `0 0 0 1 ${((now.getUTCMonth() + 6) % 12) + 1} *`
const unknown = '0001-01-01T00:00:00+00:00'

let azurite: RunningAzurite
let container: ContainerClient
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'functions-host-timer-'))
  azurite = await RunningAzurite.start('Blob')
  container = BlobServiceClient.fromConnectionString(azurite.connection).getContainerClient(
    'azure-webjobs-hosts',
  )
  await container.createIfNotExists()
})
afterAll(async () => {
  await azurite[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

/** What one run of the fixture app is given, and what its timers wrote; each with a host id of its own unless given. */
function makeApp(
  functions: string,
  settings: Readonly<Record<string, string>> = {},
): {
  hostId: string
  settings: Readonly<Record<string, string>>
  runs: () => Run[]
  start: (...flags: string[]) => Promise<RunningHost>
} {
  const trace = join(folder, crypto.randomUUID())
  const hostId = settings['AzureFunctionsWebHost__hostid'] ?? crypto.randomUUID().slice(0, 18)
  const all = {
    TRACE_FILE: trace,
    FUNCTIONS: functions,
    YEARLY: yearly,
    AzureWebJobsStorage: azurite.connection,
    AzureFunctionsWebHost__hostid: hostId,
    ...settings,
  }
  return {
    hostId,
    settings: all,
    start: (...flags) => RunningHost.start({ timers: all }, ...flags),
    runs() {
      try {
        const lines = readFileSync(trace, 'utf8').trim().split('\n')
        return lines.map((line) => JSON.parse(line) as Run)
      } catch {
        return []
      }
    },
  }
}

const statusBlob = (hostId: string, name: string): ReturnType<ContainerClient['getBlockBlobClient']> =>
  container.getBlockBlobClient(`timers/${hostId}/Host.Functions.${name}/status`)

async function readStatus(hostId: string, name: string): Promise<Record<string, string> | undefined> {
  try {
    const { readableStreamBody } = await statusBlob(hostId, name).download()
    return readableStreamBody && (JSON.parse(await text(readableStreamBody)) as Record<string, string>)
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return undefined
    throw error
  }
}

async function writeStatus(hostId: string, name: string, status: Record<string, string>): Promise<void> {
  const json = JSON.stringify(status)
  await statusBlob(hostId, name).upload(json, json.length)
}

/** The status of a yearly timer whose last run was before its host was away for long. */
const longAgo = { Last: '2020-01-01T00:00:00+00:00', LastUpdated: '2020-01-01T00:00:00+00:00' }
const missed = (): Record<string, string> => {
  const next = new Date(Date.UTC(2020, (now.getUTCMonth() + 6) % 12, 1))
  if (next.getTime() <= Date.UTC(2020, 0, 1)) next.setUTCFullYear(2021)
  return { ...longAgo, Next: next.toISOString().replace('.000Z', '+00:00') }
}

describe('a timer', () => {
  it('whose host is new waits for its time and says so in its blob', async () => {
    const app = makeApp('yearly')
    await using _ = await app.start()
    const status = await until(() => readStatus(app.hostId, 'yearly'))
    expect(status['Last']).toBe(unknown)
    expect(Date.parse(status['Next'] ?? '')).toBeGreaterThan(Date.now())
    expect(status['Next']).toMatch(/^\d{4}-\d\d-01T00:00:00\+00:00$/)
    expect(app.runs()).toEqual([])
  })

  it('runs at the start if asked to, and then says when; an interval counts from there and has no calendar', async () => {
    const app = makeApp('onStartup interval')
    await using _ = await app.start()
    const status = await until(async () => {
      const found = await readStatus(app.hostId, 'interval')
      return found?.['Last'] === unknown ? undefined : found
    })
    await until(() => app.runs().length === 2)
    expect(Date.parse(status['Next'] ?? '') - Date.parse(status['Last'] ?? '')).toBe(2 * hourMs)
    const [interval, onStartup] = app.runs().toSorted((a, b) => a.name.localeCompare(b.name))
    expect(onStartup?.timer).toMatchObject({
      isPastDue: false,
      schedule: { adjustForDST: true },
      scheduleStatus: { last: unknown, next: expect.stringMatching(/-01T00:00:00\+00:00$/) },
    })
    expect(interval?.timer.schedule).toEqual({ adjustForDST: false })
  })

  it('catches up once what was missed while no host ran, unless it is not monitored', async () => {
    const app = makeApp('yearly unmonitored everySecond')
    for (const name of ['yearly', 'unmonitored']) await writeStatus(app.hostId, name, missed())
    {
      await using host = await app.start()
      const run = await until(() => app.runs().find(({ name }) => name === 'yearly'))
      expect(run.timer.isPastDue).toBe(true)
      expect(run.timer.scheduleStatus?.next).toBe(missed()['Next'])
      await until(async () => (await readStatus(app.hostId, 'yearly'))?.['Last'] !== longAgo.Last)
      // One that is killed keeps its timers for as long as its leases run.
      expect(await host.end()).toBe(0)
    }
    await using again = await app.start()
    const before = app.runs().filter(({ name }) => name === 'everySecond').length
    await until(() => app.runs().filter(({ name }) => name === 'everySecond').length > before + 1)
    expect(app.runs().filter(({ name }) => name !== 'everySecond')).toHaveLength(1)
    // More often than once a minute: no status, nothing to catch up.
    expect(app.runs().find(({ name }) => name === 'everySecond')?.timer.scheduleStatus).toBeFalsy()
    expect(await readStatus(app.hostId, 'everySecond')).toBeUndefined()
    expect(await again.end()).toBe(0)
  })

  it('whose schedule was changed begins with the new one', async () => {
    const app = makeApp('yearly everySecond')
    await writeStatus(app.hostId, 'yearly', { ...longAgo, Next: '2020-01-01T01:00:00+00:00' })
    await using _ = await app.start()
    const status = await until(async () => {
      const found = await readStatus(app.hostId, 'yearly')
      return found?.['Last'] === unknown ? found : undefined
    })
    expect(Date.parse(status['Next'] ?? '')).toBeGreaterThan(Date.now())
    await until(() => app.runs().some(({ name }) => name === 'everySecond'))
    expect(app.runs().filter(({ name }) => name === 'yearly')).toEqual([])
  })

  it('is due again when its host ended in the middle of it', async () => {
    const app = makeApp('hangsOnce')
    await writeStatus(app.hostId, 'hangsOnce', missed())
    const dataDirectory = join(folder, 'drained')
    const directory = join(import.meta.dirname, 'fixtures/timers')
    const host = await startFunctionsHost({
      apps: [{ directory, port: 0, settings: app.settings }],
      dataDirectory,
      drainMs: 100,
      log: () => () => {},
    })
    await until(() => app.runs()[0])
    await host.close()
    await using _ = await app.start()
    await until(() => app.runs()[1])
    expect(app.runs().map(({ timer }) => timer.isPastDue)).toEqual([true, true])
  })

  it('goes on after failures, each tried again by its policy, and never overlaps itself', async () => {
    const app = makeApp('fails slow')
    await using _ = await app.start()
    const of = (text: string): Run[] => app.runs().filter(({ name }) => name.startsWith(text))
    await until(() => of('fails').length >= 4 && of('slow').length >= 4)
    expect(
      of('fails')
        .map(({ retryCount }) => retryCount)
        .slice(0, 4),
    ).toEqual([0, 1, 0, 1])
    const slow = of('slow')
      .slice(0, 4)
      .map(({ name }) => name)
    expect(slow).toEqual(['slow begins', 'slow ends', 'slow begins', 'slow ends'])
  })
})

describe('several hosts of one app', () => {
  it('leave a timer to one of them; when it ends, or is killed, another one goes on', async () => {
    const hostId = crypto.randomUUID().slice(0, 18)
    const [one, two, three] = [0, 1, 2].map(() =>
      makeApp('everySecond', { AzureFunctionsWebHost__hostid: hostId }),
    )
    if (!one || !two || !three) throw new Error('no apps')
    await using first = await one.start()
    await until(() => one.runs()[0])
    await using second = await two.start()
    await until(() => /everySecond is run by another host/.exec(second.log))
    const before = one.runs().length
    await until(() => one.runs().length > before + 1)
    expect(two.runs()).toEqual([])

    await first.end('SIGTERM')
    await until(() => two.runs()[0])
    await using third = await three.start()
    await until(() => /everySecond is run by another host/.exec(third.log))
    await second.end('SIGKILL')
    const lock = container.getBlobClient(`locks/${hostId}/Host.Functions.everySecond.Listener`)
    expect(await lock.getProperties()).toMatchObject({ leaseState: 'leased', leaseDuration: 'fixed' })
    expect(three.runs()).toEqual([])
    // It runs out after a quarter of a minute; the test does not wait for that.
    await lock.getBlobLeaseClient().breakLease(0)
    await until(() => three.runs()[0])
  })

  it('are not confused with the one that was killed and comes again with the same data: it goes on at once', async () => {
    const app = makeApp('everySecond')
    await using killed = await app.start()
    await until(() => app.runs()[0])
    await killed.end('SIGKILL')
    await using again = await app.start('--data', killed.directory)
    const before = app.runs().length
    await until(() => app.runs().length > before)
    expect(again.log).not.toContain('run by another host')
  })
})

describe('a host without storage', () => {
  it('says so, and keeps its timers in files', async () => {
    const app = makeApp('yearly', { AzureWebJobsStorage: '' })
    const data = mkdtempSync(join(folder, 'data-'))
    mkdirSync(join(data, 'timers/timers'), { recursive: true })
    const file = join(data, 'timers/timers/yearly.json')
    writeFileSync(file, JSON.stringify(missed()))
    await using host = await app.start('--data', data)
    await until(() => app.runs().find(({ timer }) => timer.isPastDue))
    await until(() => readFileSync(file, 'utf8') !== JSON.stringify(missed()))
    expect(host.log).toContain('AzureWebJobsStorage cannot be used')
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ Last: expect.stringMatching(/\+00:00$/) })
  })
})
