import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import type { JobId, TenantId } from '@zoetrope/contracts'
import { mintId } from '@zoetrope/contracts'
import type { Store } from '@zoetrope/store'
import { cosmosStore, eventOperation, newDocument } from '@zoetrope/store'
import type { RunningApps, RunningCosmos } from '@zoetrope/test-kit'
import { metricsIn, startApps, startCosmos, until as waitUntil } from '@zoetrope/test-kit'

jest.setTimeout(60_000)

type Found = Record<string, unknown>

const running = new AsyncDisposableStack()
const tenantId: TenantId = mintId('ten')
let primary: RunningCosmos
let replica: RunningCosmos
let store: Store
let apps: RunningApps

beforeAll(async () => {
  ;[primary, replica] = await Promise.all([startCosmos(), startCosmos()])
  running.use(primary)
  running.use(replica)
  store = cosmosStore(primary.database)
  apps = await startApps(['relay'], {
    ZOETROPE_COSMOS: primary.connectionString,
    ZOETROPE_COSMOS_REPLICA: replica.connectionString,
  })
  running.use(apps)
})
afterAll(() => running.disposeAsync())

function until<T>(look: () => Promise<T | undefined | false>): Promise<T> {
  return waitUntil(look, { what: 'the change feed' })
}

async function readCopy(container: string, partition: string[], id: string): Promise<Found | undefined> {
  const { resource } = await replica.database.container(container).item(id, partition).read<Found>()
  return resource
}

async function readLog(): Promise<Found[]> {
  const query = `SELECT * FROM c WHERE c.kind = 'event' ORDER BY c.id`
  const options = { partitionKey: [tenantId] }
  return (await primary.database.container('events').items.query<Found>(query, options).fetchAll()).resources
}

describe('the replica', () => {
  it('holds every change, without the fields of the database, and says where it comes from', async () => {
    const document = {
      ...newDocument(new Date()),
      id: mintId('key'),
      kind: 'apiKey',
      tenantId,
      name: 'first',
      ttl: 3600,
    }
    await store.catalog.create([tenantId], document)

    const copy = await until(() => readCopy('catalog', [tenantId], document.id))
    expect(copy).toMatchObject({
      ...document,
      replicaOf: { containerRid: expect.any(String), lsn: expect.any(Number) },
    })

    const changed = { ...document, name: 'second' }
    await store.catalog.upsert([tenantId], changed)
    await until(async () => (await readCopy('catalog', [tenantId], document.id))?.['name'] === 'second')
    const [lag] = await until(async () => {
      const lags = metricsIn(apps.output()).filter(({ metric }) => metric === 'replica.lagMs')
      return lags.length > 0 && lags
    })
    expect(lag).toMatchObject({ dimensions: { container: 'catalog' } })
  })

  it('keeps what is newer', async () => {
    const document = { ...newDocument(new Date()), id: mintId('key'), kind: 'apiKey', tenantId, name: 'old' }
    const { resource } = await primary.database.container('catalog').read()
    const newer = {
      ...document,
      name: 'newer',
      replicaOf: { containerRid: resource?._rid, lsn: Number.MAX_SAFE_INTEGER },
    }
    await replica.database.container('catalog').items.create(newer)

    await store.catalog.create([tenantId], document)
    const after = { ...document, id: mintId('key') }
    await store.catalog.create([tenantId], after)

    await until(() => readCopy('catalog', [tenantId], after.id))
    expect((await readCopy('catalog', [tenantId], document.id))?.['name']).toBe('newer')
  })
})

describe('the event log', () => {
  it('numbers events without a gap, takes a repeat once, and is not held up by what it cannot read', async () => {
    const jobId: JobId = mintId('job')
    const now = new Date()
    const event = (key: number) =>
      eventOperation({ tenantId, jobId, type: 'job.queued', key: [jobId, key] }, now)
    const unreadable = { ...newDocument(now), id: 'evt_odd', kind: 'event', tenantId, jobId, type: 7 }

    await store.jobs.batch([tenantId, jobId], [event(1), { type: 'create', document: unreadable }, event(2)])
    await until(async () => (await readLog()).length === 2)
    await store.jobs.batch([tenantId, jobId], [event(2), event(3)])

    const log = await until(async () => {
      const found = await readLog()
      return found.length >= 3 ? found : undefined
    })
    expect(new Set(log.map((entry) => entry['sequence']))).toEqual(new Set([1, 2, 3]))
    expect(log).toHaveLength(3)
    expect(log.every((entry) => entry['month'] === now.toISOString().slice(0, 7))).toBe(true)
  })
})

describe('usage', () => {
  it('is copied by the day in which its task ended, once', async () => {
    const jobId: JobId = mintId('job')
    const ids = { jobId, assetId: mintId('ast'), taskId: mintId('tsk'), attempt: 1 }
    const metered = {
      meter: 'image.pixels',
      quantity: 1000,
      unit: 'pixel',
      priceBookVersion: 1,
      amountNano: 20,
      currency: 'USD',
      billable: true,
    }
    const record = {
      ...newDocument(new Date()),
      id: `usg_x_${jobId}`,
      kind: 'usage',
      tenantId,
      ...ids,
      day: '2026-01-31',
      step: 's',
      operation: 'image.variants',
      engine: 'images',
      ...metered,
    }
    await store.jobs.create([tenantId, jobId], record)
    await store.jobs.upsert([tenantId, jobId], record)

    const container = primary.database.container('usage')
    const copy = await until(
      async () => (await container.item(record.id, [tenantId, '2026-01-31']).read<Found>()).resource,
    )
    expect(copy).toMatchObject({ amountNano: 20, day: '2026-01-31' })
  })
})
