import { openAsBlob, readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'

import { CosmosClient } from '@azure/cosmos'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { connection } from '@zoetrope/app-kit'
import type { StorageAccount } from '@zoetrope/blobs'
import { blobContainer, connectStorage, sasSigner } from '@zoetrope/blobs'
import type { ZoetropeClient } from '@zoetrope/client'
import { createClient, uploadFile, waitForAsset, waitForJob } from '@zoetrope/client'
import { wellKnownKey } from '@zoetrope/cosmos-emulator/source'
import type { RunningLocalStack } from '@zoetrope/local'
import { startLocalStack } from '@zoetrope/local'
import { localPrincipal, localTenantId } from '@zoetrope/local/identity'
import sharp from 'sharp'

import { readHls } from './src/playback-package.ts'
import { readSettings } from './src/read-settings.ts'

const demo = resolve(import.meta.dirname, '..', 'examples', 'demo')
/** Azurite's published key. */
const publishedKey =
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='
const trusted = getCACertificates('default')

let stack: RunningLocalStack
let client: ZoetropeClient
beforeAll(async () => {
  stack = await startLocalStack({ access: 'identity' })
  const { NODE_EXTRA_CA_CERTS: certificate = '', ...identity } = stack.environment
  setDefaultCACertificates([...trusted, readFileSync(certificate, 'utf8')])
  Object.assign(process.env, identity)
  client = createClient({ apiUrl: stack.urls['api'] ?? '', key: stack.key })
}, 150_000)
afterAll(async () => {
  for (const name of Object.keys(stack?.environment ?? {})) delete process.env[name]
  setDefaultCACertificates(trusted)
  await stack?.close()
}, 30_000)

describe('a stack whose apps have identities and no keys', () => {
  it('gives no app a key, and the published keys open nothing', async () => {
    const files = readdirSync(join(stack.dataDirectory, 'settings'))
    const texts = files.map((file) => readFileSync(join(stack.dataDirectory, 'settings', file), 'utf8'))
    const { ZOETROPE_STORAGE__blobServiceUri: blobUrl, ZOETROPE_COSMOS__accountEndpoint: endpoint = '' } =
      readSettings(stack.dataDirectory, 'api')

    expect(files).toContain('api.json')
    for (const text of texts) expect(text).not.toMatch(/AccountKey|SharedAccess|sig=|Secret/i)
    expect(texts.join()).not.toContain(publishedKey)
    const byKey = connectStorage({
      name: 'KEY',
      connectionString: `DefaultEndpointsProtocol=https;AccountName=devstoreaccount1;AccountKey=${publishedKey};BlobEndpoint=${blobUrl};QueueEndpoint=${blobUrl}`,
      endpoints: {},
    })
    await expect(byKey.blobs.getContainerClient('uploads').getProperties()).rejects.toMatchObject({
      code: 'InvalidAuthenticationInfo',
    })
    const cosmos = new CosmosClient({ endpoint, key: wellKnownKey })
    await expect(cosmos.database('zoetrope').read()).rejects.toMatchObject({ code: 401 })
    cosmos.dispose()
  }, 30_000)

  it('takes uploads, processes and plays them', async () => {
    const [image, video] = await Promise.all([processFile('photo.jpg'), processFile('clip.mp4')])

    const poster = await fetch(urlOf(image, 'w320.webp'))
    const { width } = await sharp(Buffer.from(await poster.arrayBuffer())).metadata()
    expect(width).toBe(320)
    const tracks = await readHls(urlOf(video, 'playback'))
    expect(new Set(tracks.map(({ type }) => type))).toEqual(new Set(['audio', 'video']))
    for (const url of tracks.flatMap(({ initUrl, segmentUrls }) => [initUrl, ...segmentUrls.slice(0, 1)])) {
      expect((await fetch(url)).status).toBe(200)
    }
  }, 150_000)
})

describe('an upload URL', () => {
  it("is signed with a key of the app's identity, for one blob, to be written over HTTPS", async () => {
    const { upload } = await client.createUpload({ sizeBytes: 1, filename: 'one' })
    const { protocol, searchParams } = new URL(upload?.url ?? '')

    expect(protocol).toBe('https:')
    expect(Object.fromEntries(searchParams)).toMatchObject({
      skoid: localPrincipal('api').objectId,
      sktid: localTenantId,
      sks: 'b',
      sr: 'b',
      sp: 'cw',
      spr: 'https',
    })
    expect(Date.parse(searchParams.get('ske') ?? '')).toBeGreaterThanOrEqual(
      Date.parse(upload?.expiresAt ?? ''),
    )
  })

  it.each([
    ['for more than was granted', (url: URL) => url.searchParams.set('sp', 'racwd')],
    ['for longer', (url: URL) => url.searchParams.set('se', '2100-01-01T00:00:00Z')],
    ['of another identity', (url: URL) => url.searchParams.set('skoid', localPrincipal('video').objectId)],
    ['of another blob', (url: URL) => (url.pathname += 'x')],
  ])('that was changed to one %s is refused', async (_what, change) => {
    const { upload } = await client.createUpload({ sizeBytes: 1, filename: 'one' })
    const url = new URL(upload?.url ?? '')
    change(url)

    expect((await put(url)).status).toBe(403)
    expect((await put(new URL(upload?.url ?? ''))).status).toBe(201)
  })

  it('is refused once it has expired', async () => {
    const hourAgo = new Date(Date.now() - 3_600_000)
    const sign = (expiresAt: Date): Promise<string> =>
      sasSigner(accountOfApi(), () => hourAgo).signUpload('uploads', `${stack.tenantId}/expired`, expiresAt)

    const expired = await put(new URL(await sign(new Date(Date.now() - 1000))))
    const valid = await put(new URL(await sign(new Date(Date.now() + 60_000))))

    expect([expired.status, valid.status]).toEqual([403, 201])
  })

  it('leads to the blob that it is for, whatever its name', async () => {
    const account = accountOfApi()
    const signer = sasSigner(account)
    for (const name of ['a b/c', 'ä/日本語', '100%/%41+&=', 'a?b#c;d', "quote'd (1)"]) {
      const url = await signer.signUpload('work', name, new Date(Date.now() + 60_000))

      expect((await put(new URL(url))).status).toBe(201)
      expect(await blobContainer(account, 'work').head(name)).toMatchObject({ sizeBytes: 1 })
    }
  })
})

/** The storage account as the API reaches it: by its settings and its identity. */
function accountOfApi(): StorageAccount {
  const settings = readSettings(stack.dataDirectory, 'api')
  return connectStorage(connection('ZOETROPE_STORAGE', { account: 'media-storage', help: '' }).read(settings))
}

/** Uploads a file of the demo; answers the addresses of its renditions when it is processed. */
async function processFile(filename: string): Promise<ReadonlyMap<string, string>> {
  const { assetId } = await uploadFile(client, { blob: await openAsBlob(join(demo, filename)), filename })
  const { jobId } = await waitForAsset(client, assetId, { timeoutMs: 60_000 })
  const job = await waitForJob(client, jobId, { timeoutMs: 120_000, intervalMs: 100 })
  expect(job.state).toBe('succeeded')
  const { data } = await client.listRenditions(assetId)
  return new Map(data.map(({ name, url }) => [name, url ?? '']))
}

function urlOf(renditions: ReadonlyMap<string, string>, name: string): string {
  const url = renditions.get(name)
  if (!url) throw new Error(`There is no ${name} among ${[...renditions.keys()].join(', ')}`)
  return url
}

function put(url: URL): Promise<Response> {
  return fetch(url, { method: 'PUT', body: 'x', headers: { 'x-ms-blob-type': 'BlockBlob' } })
}
