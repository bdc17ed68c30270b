import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import type { AssetId, PlaybackId, TenantId } from '@zoetrope/contracts'
import { deriveId, mintId } from '@zoetrope/contracts'
import type { Store } from '@zoetrope/store'
import { cosmosStore, newDocument } from '@zoetrope/store'
import type { RunningApps, RunningAzurite, RunningCosmos } from '@zoetrope/test-kit'
import { startApps, startAzurite, startCosmos } from '@zoetrope/test-kit'

jest.setTimeout(60_000)

const running = new AsyncDisposableStack()
const tenantId: TenantId = mintId('ten')
const contentKey = 'abcdef0123456789'
let azurite: RunningAzurite
let store: Store
let url = ''

beforeAll(async () => {
  let cosmos: RunningCosmos
  ;[azurite, cosmos] = await Promise.all([startAzurite(), startCosmos()])
  running.use(azurite)
  running.use(cosmos)
  store = cosmosStore(cosmos.database)
  const apps: RunningApps = await startApps(['delivery'], {
    ZOETROPE_STORAGE: azurite.connectionString,
    ZOETROPE_COSMOS: cosmos.connectionString,
  })
  running.use(apps)
  url = apps.urls['delivery'] ?? ''
})
afterAll(() => running.disposeAsync())

const common = () => ({ ...newDocument(new Date()), tenantId })

/** An asset with one image of these bytes; answers the image's address. */
async function anImage(bytes: string, state = 'ready'): Promise<{ address: string; assetId: AssetId }> {
  const assetId: AssetId = mintId('ast')
  const blob = `${tenantId}/${contentKey}/${assetId}/w320.webp`
  await azurite.blobs('renditions').write(blob, bytes, { contentType: 'image/webp' })
  const source = { container: 'uploads', blob: 'x', etag: '"1"', sizeBytes: 1, contentType: 'image/jpeg' }
  const asset = {
    id: assetId,
    kind: 'asset',
    assetId,
    state,
    readyToPlay: false,
    mediaType: 'image',
    jobId: mintId('job'),
    source,
    labels: {},
  }
  const file = { blob, contentType: 'image/webp', sizeBytes: bytes.length, contentKey }
  const ids = { assetId, jobId: asset.jobId, run: 1, taskId: mintId('tsk') }
  const rendition = {
    ...ids,
    ...file,
    id: deriveId('rnd', assetId, 'w320.webp'),
    kind: 'rendition',
    name: 'w320.webp',
    renditionKind: 'image',
    state: 'ready',
  }
  await store.library.create([tenantId, assetId], { ...common(), ...asset })
  await store.library.create([tenantId, assetId], { ...common(), ...rendition })
  return { address: `${url}/i/${tenantId}/${assetId}/w320.webp`, assetId }
}

describe('an image', () => {
  it('comes with its type, may be read by any site, and is kept for ever under its version only', async () => {
    const { address } = await anImage('picture')

    const answer = await fetch(`${address}?v=${contentKey.slice(0, 8)}`, {
      headers: { origin: 'https://a.example' },
    })

    expect(answer.status).toBe(200)
    expect(await answer.text()).toBe('picture')
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'image/webp',
      'access-control-allow-origin': '*',
      'cache-control': expect.stringContaining('immutable'),
      'x-content-type-options': 'nosniff',
    })
    expect((await fetch(address)).headers.get('cache-control')).toBe('public, max-age=60')
  })

  it('comes in parts, and not at all to who has it', async () => {
    const { address } = await anImage('0123456789')
    const etag = (await fetch(address, { method: 'HEAD' })).headers.get('etag') ?? ''

    const part = await fetch(address, { headers: { range: 'bytes=2-4' } })
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([
      206,
      'bytes 2-4/10',
      '234',
    ])
    expect((await fetch(address, { headers: { range: 'bytes=50-' } })).status).toBe(416)
    expect((await fetch(address, { headers: { 'if-none-match': etag } })).status).toBe(304)
  })

  it('of an asset that is being deleted is gone at once, and so is one that never was', async () => {
    const { address } = await anImage('picture', 'deleting')

    const gone = await fetch(address)

    expect([gone.status, await gone.json()]).toEqual([
      404,
      expect.objectContaining({ code: 'RENDITION_NOT_FOUND' }),
    ])
    expect((await fetch(`${url}/i/${tenantId}/${mintId('ast')}/w320.webp`)).status).toBe(404)
    expect((await fetch(`${url}/i/x/y/z`)).status).toBe(400)
  })
})

describe('playback', () => {
  async function aPlayback(state: 'active' | 'deleted', policy = 'public'): Promise<string> {
    const id: PlaybackId = mintId('pbk')
    const prefix = `${tenantId}/${contentKey}/${id}`
    await azurite
      .blobs('renditions')
      .write(`${prefix}/master.m3u8`, '#EXTM3U', { contentType: 'application/vnd.apple.mpegurl' })
    const document = {
      id,
      kind: 'playback',
      assetId: mintId('ast'),
      policy,
      container: 'renditions',
      prefix,
      state,
    }
    await store.playback.create([id], { ...common(), ...document })
    return `${url}/p/${id}`
  }

  it('gives the files of its package, and nothing beside it', async () => {
    const base = await aPlayback('active')

    const answer = await fetch(`${base}/master.m3u8`)
    expect([answer.status, await answer.text()]).toEqual([200, '#EXTM3U'])
    expect((await fetch(`${base}/absent.m4s`)).status).toBe(404)
    expect((await fetch(`${base}/..%2f..%2fsecret`)).status).toBe(400)
    expect((await fetch(`${base}/a/..%2Fmaster.m3u8`)).status).toBe(400)
  })

  it('ends with its tombstone, and is not given unsigned where it is to be signed', async () => {
    expect((await fetch(`${await aPlayback('deleted')}/master.m3u8`)).status).toBe(404)
    expect((await fetch(`${await aPlayback('active', 'signed')}/master.m3u8`)).status).toBe(404)
  })
})

it('anything else is a problem that says so', async () => {
  const unknown = await fetch(`${url}/nothing/here`)
  const wrongMethod = await fetch(`${url}/p/x/y`, { method: 'POST' })

  expect([unknown.status, await unknown.json()]).toEqual([
    404,
    expect.objectContaining({ code: 'ROUTE_NOT_FOUND' }),
  ])
  expect([wrongMethod.status, wrongMethod.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
})
