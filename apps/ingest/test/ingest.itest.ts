import { isDeepStrictEqual } from 'node:util'

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import type { AssetId, TenantId, UploadId } from '@zoetrope/contracts'
import {
  AssetDocument,
  deriveId,
  EventDocument,
  JobDocument,
  mintId,
  UploadDocument,
  withPrefix,
} from '@zoetrope/contracts'
import type { Store } from '@zoetrope/store'
import { cosmosStore, newDocument } from '@zoetrope/store'
import type { RunningApps, RunningAzurite, RunningCosmos } from '@zoetrope/test-kit'
import { metricsIn, startApps, startAzurite, startCosmos, until } from '@zoetrope/test-kit'

jest.setTimeout(60_000)

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const maxSourceBytes = 2000
const tenantId: TenantId = mintId('ten')
const running = new AsyncDisposableStack()
let azurite: RunningAzurite
let cosmos: RunningCosmos
let store: Store
let apps: RunningApps

beforeAll(async () => {
  ;[azurite, cosmos] = await Promise.all([startAzurite(), startCosmos()])
  running.use(azurite)
  running.use(cosmos)
  store = cosmosStore(cosmos.database)
  const tenant = {
    ...newDocument(new Date()),
    kind: 'tenant',
    id: tenantId,
    tenantId,
    name: 't',
    isActive: true,
  }
  await store.catalog.create([tenantId], tenant)
  apps = await startApps(['ingest'], {
    ZOETROPE_STORAGE: azurite.connectionString,
    ZOETROPE_COSMOS: cosmos.connectionString,
    ZOETROPE_MAX_SOURCE_BYTES: String(maxSourceBytes),
    ZOETROPE_INGEST_GRACE_MS: '0',
  })
  running.use(apps)
})
afterAll(async () => {
  await running.disposeAsync()
})

interface TestUpload {
  readonly uploadId: UploadId
  readonly assetId: AssetId
  readonly blob: string
}

/** An upload as the api leaves it. */
async function createUpload(fields: Partial<UploadDocument> = {}): Promise<TestUpload> {
  const uploadId = mintId('upl')
  const assetId = withPrefix('ast', uploadId)
  const blob = `${tenantId}/${assetId}/${uploadId}`
  const upload = {
    ...newDocument(new Date()),
    id: uploadId,
    kind: 'upload' as const,
    tenantId,
    assetId,
    state: 'created',
    filename: 'cat.png',
    blob,
    labels: { album: 'summer' },
    expiresAt: new Date(Date.now() + 60_000).toISOString(),
    ttl: 1000,
    ...fields,
  }
  await store.library.create([tenantId, assetId], upload)
  return { uploadId, assetId, blob }
}

async function write(blob: string, bytes: Buffer | string): Promise<string> {
  const written = await azurite.blobs('uploads').write(blob, bytes, { contentType: 'text/plain' })
  return written === 'refused' ? '' : written.etag
}

function eventOf(blob: string, container = 'uploads'): object {
  return {
    specversion: '1.0',
    id: mintId('evt'),
    source: '/subscriptions/test',
    type: 'Microsoft.Storage.BlobCreated',
    subject: `/blobServices/default/containers/${container}/blobs/${blob}`,
    time: new Date().toISOString(),
    data: { api: 'PutBlob', url: `https://account.example/${container}/${blob}` },
  }
}

async function readAsset(assetId: AssetId): Promise<AssetDocument | undefined> {
  return store.library.read(AssetDocument, [tenantId, assetId], assetId)
}

/** Asset and job, once the job is there. */
async function takenIn(assetId: AssetId): Promise<{ asset: AssetDocument; job: JobDocument }> {
  return until(
    async () => {
      const asset = await readAsset(assetId)
      const job = asset && (await store.jobs.read(JobDocument, [tenantId, asset.jobId], asset.jobId))
      if (!asset || !job || (job.state === 'failed' && asset.state === 'pending')) return undefined
      return { asset, job }
    },
    { what: `asset and job of ${assetId}; log: ${apps.output()}` },
  )
}

async function eventTypes(asset: AssetDocument): Promise<string[]> {
  const query = { text: "SELECT * FROM c WHERE c.kind = 'event'" }
  const inLibrary = await store.library.query(EventDocument, [tenantId, asset.assetId], query)
  const inJobs = await store.jobs.query(EventDocument, [tenantId, asset.jobId], query)
  return [...inLibrary, ...inJobs].map(({ type }) => type).toSorted()
}

/** Waits until the queue is empty: everything that was sent has been handled. */
async function settle(): Promise<void> {
  const upload = await createUpload()
  await write(upload.blob, png)
  await azurite.queue.send('media-events', eventOf(upload.blob))
  await takenIn(upload.assetId)
}

describe('a stored file', () => {
  it('becomes an asset and a job, with their events, and its upload is completed', async () => {
    const upload = await createUpload()
    const etag = await write(upload.blob, png)
    await azurite.queue.send('media-events', eventOf(upload.blob))

    const { asset, job } = await takenIn(upload.assetId)

    expect(asset).toMatchObject({
      state: 'pending',
      mediaType: 'image',
      labels: { album: 'summer' },
      source: {
        container: 'uploads',
        blob: upload.blob,
        etag,
        sizeBytes: png.byteLength,
        contentType: 'image/png',
        filename: 'cat.png',
      },
    })
    expect(job).toMatchObject({ state: 'queued', run: 1, assetId: asset.assetId, source: asset.source })
    expect(await eventTypes(asset)).toEqual(['asset.created', 'job.queued'])
    const stored = await store.library.read(UploadDocument, [tenantId, upload.assetId], upload.uploadId)
    expect(stored).toMatchObject({ state: 'completed', sizeBytes: png.byteLength })
    expect(stored?.ttl).toBeUndefined()
    // It is sent once the job is written.
    const start = await until(
      async () => (await azurite.takeMessages('job-starts')).find(({ jobId }) => jobId === job.jobId),
      { what: `the start of ${job.jobId}` },
    )
    expect(start).toMatchObject({ tenantId, run: 1 })
  })

  it('whose event comes many times at once is one asset and one job', async () => {
    const upload = await createUpload()
    await write(upload.blob, png)
    await Promise.all(
      Array.from({ length: 8 }, () => azurite.queue.send('media-events', eventOf(upload.blob))),
    )
    const { asset } = await takenIn(upload.assetId)
    await settle()

    expect((await readAsset(upload.assetId))?.jobId).toBe(asset.jobId)
    expect(await eventTypes(asset)).toEqual(['asset.created', 'job.queued'])
    const jobs = await store.jobs.query(JobDocument, [tenantId], {
      text: "SELECT * FROM c WHERE c.kind = 'job' AND c.assetId = @assetId",
      parameters: { assetId: asset.assetId },
    })
    expect(jobs).toHaveLength(1)
  })

  it('keeps the etag that was read first, whatever is committed later', async () => {
    const upload = await createUpload()
    const etag = await write(upload.blob, png)
    await azurite.queue.send('media-events', eventOf(upload.blob))
    await takenIn(upload.assetId)
    await write(upload.blob, 'something else')
    await azurite.queue.send('media-events', eventOf(upload.blob))
    await settle()

    expect(await readAsset(upload.assetId)).toMatchObject({ mediaType: 'image', source: { etag } })
  })

  it('that a tool dropped under a tenant gets ids from its name and etag', async () => {
    const blob = `${tenantId}/incoming/Ünïcode name.png`
    const etag = await write(blob, png)
    await azurite.queue.send('media-events', eventOf(blob))

    const { asset } = await takenIn(deriveId('ast', blob, etag))

    expect(asset.source).toMatchObject({ blob, filename: 'Ünïcode name.png' })
  })

  it.each([
    ['text', 'just words', 'SOURCE_TYPE_UNSUPPORTED', 'input'],
    ['a playlist', '#EXTM3U\nhttp://169.254.169.254/', 'SOURCE_TYPE_UNSUPPORTED', 'input'],
    ['an SVG', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'SOURCE_TYPE_UNSUPPORTED', 'input'],
    ['a PDF', '%PDF-1.7\n%%EOF', 'SOURCE_TYPE_UNSUPPORTED', 'input'],
    ['nothing', '', 'SOURCE_EMPTY', 'input'],
    ['too much', Buffer.concat([png, Buffer.alloc(maxSourceBytes)]), 'SOURCE_TOO_LARGE', 'limit'],
  ])(
    'that is %s becomes an asset and a job that failed, typed, with no task',
    async (_what, bytes, code, category) => {
      const upload = await createUpload()
      await write(upload.blob, bytes)
      await azurite.queue.send('media-events', eventOf(upload.blob))

      const { asset, job } = await takenIn(upload.assetId)

      expect(job).toMatchObject({ state: 'failed', error: { code, category, retry: false } })
      expect(asset).toMatchObject({ state: 'failed', error: { code } })
      expect(await eventTypes(asset)).toEqual(['asset.created', 'asset.failed', 'job.failed'])
      const started = await azurite.takeMessages('job-starts')
      expect(started.map((message) => message['jobId'])).not.toContain(job.jobId)
      const dimensions = { state: 'failed', mediaType: job.mediaType, code, category }
      await until(
        async () => metricsIn(apps.output()).some((m) => isDeepStrictEqual(m.dimensions, dimensions)),
        {
          what: `jobs.ended with ${code}`,
        },
      )
    },
  )

  it('whose upload was canceled is removed; one whose asset is being deleted is left alone', async () => {
    const canceled = await createUpload({ state: 'canceled' })
    await write(canceled.blob, png)
    await azurite.queue.send('media-events', eventOf(canceled.blob))
    const upload = await createUpload()
    await write(upload.blob, png)
    await azurite.queue.send('media-events', eventOf(upload.blob))
    const { asset } = await takenIn(upload.assetId)
    const { _etag } = (await readAsset(asset.assetId))!
    await store.library.replace([tenantId, asset.assetId], {
      ...asset,
      _etag,
      state: 'deleting',
    } as AssetDocument)
    await azurite.queue.send('media-events', eventOf(upload.blob))
    await settle()

    expect(await azurite.blobs('uploads').head(canceled.blob)).toBeUndefined()
    expect(await readAsset(canceled.assetId)).toBeUndefined()
    expect(await readAsset(asset.assetId)).toMatchObject({ state: 'deleting' })
  })

  it('of nobody, of another container, or gone, is ignored', async () => {
    const stranger = `${mintId('ten')}/cat.png`
    const rootName = 'cat.png'
    await write(stranger, png)
    await write(rootName, png)
    for (const event of [
      eventOf(stranger),
      eventOf(rootName),
      eventOf(`${tenantId}/gone.png`),
      eventOf(`${tenantId}/x.png`, 'renditions'),
    ])
      await azurite.queue.send('media-events', event)
    await settle()

    const poisoned = apps.output().match(/media-events-poison/g) ?? []
    // The name of the function is printed once, at the start.
    expect(poisoned).toHaveLength(1)
  })
})

describe('the sweep', () => {
  it('takes in an upload and a dropped file whose events were lost', async () => {
    const upload = await createUpload()
    await write(upload.blob, png)
    const dropped = `${tenantId}/dropped/${mintId('evt')}.png`
    const etag = await write(dropped, png)

    // What was written within this second is younger than the sweep looks at. Sweeps do not overlap, here as in Azure.
    let sweptAtMs = 0
    await until(
      async () => {
        if (Date.now() - sweptAtMs > 1500) {
          sweptAtMs = Date.now()
          await apps.run('ingest', 'uploads-sweep')
        }
        return (await readAsset(upload.assetId)) && (await readAsset(deriveId('ast', dropped, etag)))
      },
      { what: 'both assets' },
    )
    await takenIn(upload.assetId)
    await takenIn(deriveId('ast', dropped, etag))
  })

  it('makes the job that a crash left out', async () => {
    const upload = await createUpload()
    await write(upload.blob, png)
    await azurite.queue.send('media-events', eventOf(upload.blob))
    const { asset } = await takenIn(upload.assetId)
    // As after a crash between the two batches.
    await cosmos.database.container('jobs').item(asset.jobId, [tenantId, asset.jobId]).delete()

    await apps.run('ingest', 'uploads-sweep')

    expect((await takenIn(upload.assetId)).job.jobId).toBe(asset.jobId)
  })
})

describe('a poisoned event', () => {
  it('makes its file an asset when that succeeds after all', async () => {
    const upload = await createUpload()
    await write(upload.blob, png)
    await azurite.queue.send('media-events-poison', eventOf(upload.blob))

    expect((await takenIn(upload.assetId)).asset.state).toBe('pending')
    expect(metricsIn(apps.output())).toContainEqual({
      metric: 'queue.poisoned',
      value: 1,
      dimensions: { queue: 'media-events' },
    })
  })
})
