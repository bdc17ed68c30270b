import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ContainerClient } from '@azure/storage-blob'
import { BlobServiceClient } from '@azure/storage-blob'
import { QueueServiceClient } from '@azure/storage-queue'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'

import { RunningAzurite } from './running-azurite.ts'
import { RunningHost } from './running-host.ts'
import type { PassingRequest } from './storage-gate.ts'
import { StorageGate } from './storage-gate.ts'
import { until } from './until.ts'

jest.setTimeout(60_000)

interface Line {
  readonly function: string
  readonly blob: string
  readonly content?: string
  readonly metadata?: Record<string, unknown>
  readonly data?: unknown
}

let gate: StorageGate
let blobs: BlobServiceClient
let queues: QueueServiceClient
let shared: App
const opened: AsyncDisposable[] = []
beforeAll(async () => {
  const azurite = await RunningAzurite.start('Blob', 'Queue')
  opened.push(azurite)
  gate = await StorageGate.open(azurite.connection)
  opened.push(gate)
  blobs = BlobServiceClient.fromConnectionString(azurite.connection)
  queues = QueueServiceClient.fromConnectionString(azurite.connection)
  await Promise.all(
    ['shared', 'captured', 'failing', 'told', 'deferred'].map((name) => blobs.createContainer(name)),
  )
  await put('shared', 'early.txt', 'was there before')
  shared = await startApp('shared')
  opened.push(shared)
})
afterAll(async () => {
  for (const open of opened.toReversed()) await open[Symbol.asyncDispose]()
})

/** A host of the fixture app, and what its functions noted. */
interface App extends AsyncDisposable {
  readonly host: RunningHost
  readonly lines: () => Line[]
  readonly wake: (container: string, blob?: string) => Promise<void>
}

/** Starts the app with a container of its own for `scanned`; apps of one `container` are hosts of one id. */
async function startApp(
  container: string,
  options: { settings?: Record<string, string>; flags?: string[] } = {},
): Promise<App> {
  const trace = join(tmpdir(), `functions-host-trace-${crypto.randomUUID()}`)
  const settings = {
    CONTAINER: container,
    TRACE_FILE: trace,
    AzureWebJobsStorage: gate.connection,
    Blobs: gate.connection,
    AzureFunctionsWebHost__hostid: `host-${container}`,
    ...options.settings,
  }
  const host = await RunningHost.start({ blobs: settings }, ...(options.flags ?? []))
  const lines = (): Line[] => {
    try {
      const text = readFileSync(trace, 'utf8').trim()
      return text.split('\n').map((line) => JSON.parse(line) as Line)
    } catch {
      return []
    }
  }
  const wake = async (source: string, blob?: string): Promise<void> => {
    const answer = await fetch(`${host.url('blobs')}/admin/host/wake`, {
      method: 'POST',
      body: JSON.stringify({ container: source, blob }),
    })
    expect(answer.status).toBe(202)
  }
  const end = async (): Promise<void> => {
    await host[Symbol.asyncDispose]()
    rmSync(trace, { force: true })
  }
  return { host, lines, wake, [Symbol.asyncDispose]: end }
}

/** Starts the app with `scanned` alone. */
function startScanner(container: string, ...flags: string[]): Promise<App> {
  const others = ['captured', 'failing', 'told', 'deferred']
  const settings = Object.fromEntries(others.map((name) => [`AzureWebJobs.${name}.Disabled`, 'true']))
  return startApp(container, { settings, flags })
}

async function put(container: string, name: string, content: string): Promise<string> {
  const client = blobs.getContainerClient(container).getBlockBlobClient(name)
  const { etag } = await client.upload(content, Buffer.byteLength(content), {
    blobHTTPHeaders: { blobContentType: 'text/plain' },
    metadata: { camera: 'front' },
  })
  return etag ?? ''
}

const runsOf = ({ lines }: App, blob: string): Line[] => lines().filter((line) => line.blob === blob)
const ran = (app: App, blob: string): Promise<Line> => until(() => runsOf(app, blob)[0])

/** Texts of a queue's messages, each as soon as it is there. */
async function firstText(queueName: string): Promise<string> {
  return until(async () => {
    const queue = queues.getQueueClient(queueName)
    const { receivedMessageItems } = await queue
      .receiveMessages({ visibilityTimeout: 1 })
      .catch(() => ({ receivedMessageItems: [] }))
    const [message] = receivedMessageItems
    return message && Buffer.from(message.messageText, 'base64').toString()
  })
}

const countOf = async (queueName: string): Promise<number> =>
  (await queues.getQueueClient(queueName).getProperties()).approximateMessagesCount ?? 0

async function receiptsOf(hostId: string): Promise<string[]> {
  const names: string[] = []
  const hosts: ContainerClient = blobs.getContainerClient('azure-webjobs-hosts')
  for await (const { name } of hosts.listBlobsFlat({ prefix: `blobreceipts/${hostId}/` })) names.push(name)
  return names
}

describe('a blob function that scans', () => {
  it('runs for what was there before its host, with the whole blob', async () => {
    expect(await ran(shared, 'shared/early.txt')).toMatchObject({
      function: 'scanned',
      content: 'was there before',
    })
  })

  it('runs for what comes later, found by a scan or looked at alone', async () => {
    await put('shared', 'scan me.txt', 'a')
    await shared.wake('shared')
    await ran(shared, 'shared/scan me.txt')

    const before = gate.passed.length
    await put('shared', 'ten/look-at-me.txt', 'b')
    await shared.wake('shared', 'ten/look-at-me.txt')
    expect(await ran(shared, 'shared/ten/look-at-me.txt')).toMatchObject({ content: 'b' })
    expect(gate.passed.slice(before).filter(({ url }) => url.includes('comp=list'))).toEqual([])
  })

  it('runs for each blob whose receipt, and then the blob itself, could not be asked for a while', async () => {
    const names = Array.from({ length: 20 }, (_value, index) => `missed-${index}.txt`)
    const isOfMissed = ({ url }: PassingRequest): boolean => url.includes('/missed-')
    const refusedSince = async (begin: number, count: number): Promise<void> => {
      await until(() =>
        new Set(gate.refused.slice(begin).map(({ url }) => url)).size >= count ? true : undefined,
      )
    }
    gate.refuses = (request) => isOfMissed(request) && request.url.includes('blobreceipts')
    for (const name of names) await put('shared', name, 'missed')
    await shared.wake('shared')
    await refusedSince(0, names.length)

    // No sweep finds them again when it has seen what is newer.
    const missed = blobs.getContainerClient('shared').getBlobClient('missed-19.txt')
    const { lastModified: before } = await missed.getProperties()
    const newer = blobs.getContainerClient('shared').getBlobClient('newer.txt')
    await until(async () => {
      await put('shared', 'newer.txt', 'newer')
      const { lastModified } = await newer.getProperties()
      return Number(lastModified) > Number(before) ? true : undefined
    })
    await shared.wake('shared')
    await ran(shared, 'shared/newer.txt')

    const begin = gate.refused.length
    gate.refuses = (request) => isOfMissed(request) && request.method === 'HEAD'
    await shared.wake('shared')
    await refusedSince(begin, 8)
    gate.refuses = () => false
    await shared.wake('shared')
    for (const name of names) await ran(shared, `shared/${name}`)
  })

  it('runs once for each version of a blob', async () => {
    const etag = await put('shared', 'twice.txt', 'one')
    await shared.wake('shared', 'twice.txt')
    await ran(shared, 'shared/twice.txt')
    await shared.wake('shared')
    await shared.wake('shared', 'twice.txt')
    await put('shared', 'between.txt', '')
    await shared.wake('shared', 'between.txt')
    await ran(shared, 'shared/between.txt')
    await put('shared', 'twice.txt', 'two')
    await shared.wake('shared', 'twice.txt')

    await until(() => (runsOf(shared, 'shared/twice.txt').length === 2 ? true : undefined))
    expect(runsOf(shared, 'shared/twice.txt').map(({ content }) => content)).toEqual(['one', 'two'])
    expect(await receiptsOf('host-shared')).toContain(
      `blobreceipts/host-shared/Host.Functions.scanned/${etag}/shared/twice.txt`,
    )
  })

  it('gets what its path captured, and all about the blob', async () => {
    const etag = await put('captured', 'ten/2024/cat.small.png', 'meow')
    await put('captured', 'no-folder.png', 'x')
    await shared.wake('captured')

    const { metadata } = await ran(shared, 'captured/ten/2024/cat.small.png')
    expect(metadata).toMatchObject({
      blobTrigger: 'captured/ten/2024/cat.small.png',
      folder: 'ten/2024',
      name: 'cat.small',
      ext: 'png',
      metadata: { camera: 'front' },
      properties: {
        blobType: 0,
        contentLength: 4,
        contentType: 'text/plain',
        eTag: etag,
        leaseState: 0,
        leaseStatus: 1,
        lastModified: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/),
      },
    })
    expect(new URL(String(metadata?.['uri'])).pathname).toBe(
      '/devstoreaccount1/captured/ten/2024/cat.small.png',
    )
    expect(runsOf(shared, 'captured/no-folder.png')).toEqual([])
  })

  it('that fails five times has its message in the poison queue', async () => {
    const etag = await put('failing', 'bad.txt', 'x')
    await shared.wake('failing', 'bad.txt')

    expect(await firstText('webjobs-blobtrigger-poison')).toBe(
      `{"Type":"BlobTrigger","FunctionId":"Host.Functions.failing","BlobType":"BlockBlob","ContainerName":"failing","BlobName":"bad.txt","ETag":${JSON.stringify(etag)}}`,
    )
    expect(runsOf(shared, 'failing/bad.txt')).toHaveLength(5)
  })

  it('drops a message for a version that is no more, and runs for the one that is', async () => {
    await put('shared', 'stale.txt', 'now')
    const message = {
      Type: 'BlobTrigger',
      FunctionId: 'Host.Functions.scanned',
      BlobType: 'BlockBlob',
      ContainerName: 'shared',
      BlobName: 'stale.txt',
      ETag: '"0x1"',
    }
    const queueName = 'azure-webjobs-blobtrigger-host-shared'
    const text = Buffer.from(JSON.stringify(message)).toString('base64')
    await queues.getQueueClient(queueName).sendMessage(text)
    await fetch(`${shared.host.url('blobs')}/admin/host/wake`, {
      method: 'POST',
      body: JSON.stringify({ queue: queueName }),
    })

    await ran(shared, 'shared/stale.txt')
    await until(async () => ((await countOf(queueName)) === 0 ? true : undefined))
    expect(runsOf(shared, 'shared/stale.txt')).toHaveLength(1)
  })

  it('gets a description instead of the content where its binding is deferred, and the blob is not read', async () => {
    await put('deferred', 'film.mp4', 'x'.repeat(1000))
    const before = gate.passed.length
    await shared.wake('deferred', 'film.mp4')

    expect(await ran(shared, 'deferred/film.mp4')).toMatchObject({
      data: {
        version: '1.0',
        source: 'AzureStorageBlobs',
        contentType: 'application/json',
        content: { Connection: 'Blobs', ContainerName: 'deferred', BlobName: 'film.mp4' },
      },
    })
    const reads = gate.passed.slice(before).filter(({ url }) => url.startsWith('/devstoreaccount1/deferred/'))
    expect(new Set(reads.map(({ method }) => method))).toEqual(new Set(['HEAD']))
  })
})

describe('a blob function that Event Grid tells', () => {
  const post = (
    { host }: App,
    body: unknown,
    { name = 'told', kind = 'Notification', code = '' } = {},
  ): Promise<Response> =>
    fetch(`${host.url('blobs')}/runtime/webhooks/blobs?functionName=Host.Functions.${name}&code=${code}`, {
      method: 'POST',
      headers: { 'aeg-event-type': kind },
      body: JSON.stringify(body),
    })
  const event = (name: string, eTag = '0x1'): Record<string, unknown> => ({
    eventType: 'Microsoft.Storage.BlobCreated',
    data: { url: blobs.getContainerClient('told').getBlobClient(name).url, eTag, blobType: 'BlockBlob' },
  })

  it('shakes hands, and refuses what it cannot take', async () => {
    const greeting = [{ data: { validationCode: 'c-1' } }]
    const answer = await post(shared, greeting, { kind: 'SubscriptionValidation' })
    expect(await answer.json()).toEqual({ validationResponse: 'c-1' })
    const cloudGreeting = { data: JSON.stringify({ validationCode: 'c-2' }) }
    const cloudAnswer = await post(shared, cloudGreeting, { kind: 'SubscriptionValidation' })
    expect(await cloudAnswer.json()).toEqual({ validationResponse: 'c-2' })
    expect((await post(shared, [event('a.txt')], { name: 'nobody' })).status).toBe(404)
    expect((await post(shared, [event('a.txt')], { name: 'scanned' })).status).toBe(404)
    expect((await post(shared, [{ data: {} }])).status).toBe(500)
    expect((await post(shared, 'no event')).status).toBe(400)
  })

  it('runs for each blob that is there, whatever its ETag, and drops those that are gone', async () => {
    await put('told', 'ä b/1.txt', 'one')
    await put('told', 'not-in-the-pattern', 'two')
    const answer = await post(
      shared,
      ['ä b/1.txt', 'gone.txt', 'not-in-the-pattern'].map((name) => event(name)),
    )

    expect(answer.status).toBe(202)
    expect(await ran(shared, 'told/ä b/1.txt')).toMatchObject({ content: 'one' })
    // As in Azure: the subscription's filter decides, the pattern only captures.
    await ran(shared, 'told/not-in-the-pattern')
    const queueName = 'azure-webjobs-blobtrigger-host-shared'
    await until(async () => ((await countOf(queueName)) === 0 ? true : undefined))
    expect(runsOf(shared, 'told/gone.txt')).toEqual([])
  })

  it('wants the system key of blobs where keys are enforced', async () => {
    await blobs.createContainer('keyed')
    const secrets = mkdtempSync(join(tmpdir(), 'functions-host-keys-'))
    const keyOf = (extension: string): string => `key-of-${extension}`
    const systemKeys = ['blobs_extension', 'eventgrid_extension'].map((name) => ({
      name,
      value: keyOf(name),
    }))
    const keys = { masterKey: { name: 'master', value: 'key-of-all' }, functionKeys: [], systemKeys }
    writeFileSync(join(secrets, 'host.json'), JSON.stringify(keys))
    const settings = { FUNCTIONS_SECRETS_PATH: secrets }
    await using app = await startApp('keyed', { settings, flags: ['--enableAuth'] })

    expect((await post(app, [event('x.txt')])).status).toBe(401)
    expect((await post(app, [event('x.txt')], { code: keyOf('eventgrid_extension') })).status).toBe(403)
    expect((await post(app, [event('x.txt')], { code: keyOf('blobs_extension') })).status).toBe(202)
    rmSync(secrets, { recursive: true })
  })
})

describe('receipts', () => {
  it('keep a restarted host from running again for what it has run for', async () => {
    await blobs.createContainer('again')
    const names = Array.from({ length: 5 }, (_item, n) => `${n}.txt`)
    await Promise.all(names.map((name) => put('again', name, name)))
    const first = await startScanner('again')
    await using _first = first
    await until(() => (first.lines().length === 5 ? true : undefined))
    await first.host.end()

    await using second = await startScanner('again')
    await put('again', 'z-last.txt', 'last')
    await second.wake('again')
    await ran(second, 'again/z-last.txt')
    expect(second.lines()).toHaveLength(1)
  })

  it('let two hosts on one account run once for each of thirty blobs', async () => {
    await blobs.createContainer('both')
    const [one, two] = await Promise.all([startScanner('both'), startScanner('both')])
    await using _one = one
    await using _two = two
    const names = Array.from({ length: 30 }, (_item, n) => `${n}.txt`)
    await Promise.all(names.map((name) => put('both', name, name)))
    await Promise.all([one.wake('both'), two.wake('both')])

    const lines = (): Line[] => [...one.lines(), ...two.lines()]
    await until(() => (new Set(lines().map(({ blob }) => blob)).size === 30 ? true : undefined), 40_000)
    await Promise.all([one.wake('both'), two.wake('both')])
    await put('both', 'z-last.txt', 'last')
    await Promise.all([one.wake('both'), two.wake('both')])
    await until(() => lines().find(({ blob }) => blob === 'both/z-last.txt'))
    await until(async () => ((await countOf('azure-webjobs-blobtrigger-host-both')) === 0 ? true : undefined))
    expect(lines()).toHaveLength(31)
  })

  it('let the next host run once for each blob, wherever its host was killed on the way', async () => {
    await blobs.createContainer('killed')
    // A blob for each step; the request that takes the step never arrives.
    const decode = (body: Buffer): string =>
      Buffer.from(/<MessageText>(.*)<\/MessageText>/.exec(body.toString())?.[1] ?? '', 'base64').toString()
    const steps: Record<string, (request: { method: string; url: string; body: Buffer }) => boolean> = {
      'look.txt': ({ method, url }) => method === 'HEAD' && url.endsWith('/killed/look.txt'),
      'receipt.txt': ({ method, url }) => method === 'PUT' && url.endsWith('/killed/receipt.txt'),
      'lease.txt': ({ url }) => url.includes('/killed/lease.txt?') && url.includes('comp=lease'),
      'message.txt': ({ method, body }) => method === 'POST' && decode(body).includes('message.txt'),
      'mark.txt': ({ url }) => url.includes('/killed/mark.txt?') && url.includes('comp=metadata'),
      'read.txt': ({ method, url }) => method === 'GET' && url.endsWith('/killed/read.txt'),
    }
    const names = Object.keys(steps)
    const first = await startScanner('killed')
    await using _first = first
    // Its first scan is over: it looks at each blob when it is told to.
    await until(() => gate.passed.find(({ url }) => /\/killed\?.*comp=list/.test(url)))
    await Promise.all(names.map((name) => put('killed', name, name)))
    gate.holds = (request) => Object.values(steps).some((isIt) => isIt(request))
    await Promise.all(names.map((name) => first.wake('killed', name)))
    await until(() => Object.values(steps).every((isIt) => gate.held.some(isIt)) || undefined)
    await first.host.end('SIGKILL')
    gate.holds = () => false
    expect(first.lines()).toEqual([])

    // What the dead host held would end by itself within 15 s.
    const hosts = blobs.getContainerClient('azure-webjobs-hosts')
    for (const name of await receiptsOf('host-killed'))
      await hosts
        .getBlobClient(name)
        .getBlobLeaseClient()
        .breakLease(0)
        .catch(() => {})
    await using second = await startScanner('killed', '--data', first.host.directory)
    await until(() => (second.lines().length >= names.length ? true : undefined), 40_000)
    await put('killed', 'z-last.txt', 'last')
    await second.wake('killed', 'z-last.txt')
    await ran(second, 'killed/z-last.txt')
    const runs = Map.groupBy(second.lines(), ({ content }) => content)
    expect(Object.fromEntries([...runs].map(([content, { length }]) => [content, length]))).toEqual(
      Object.fromEntries([...names, 'last'].map((name) => [name, 1])),
    )
  })
})
