import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

import { BlobServiceClient } from '@azure/storage-blob'
import { QueueServiceClient } from '@azure/storage-queue'
import { describe, expect, it } from '@jest/globals'

import { createStorageResources } from '../src/create-resources.ts'
import { makeConnectionStrings } from '../src/connection-settings.ts'
import { choosePorts } from '../src/ports.ts'
import { azuritePlan } from '../src/process-plans.ts'
import type { WakeSource } from '../src/storage-events.ts'
import { createStorageEvents } from '../src/storage-events.ts'
import { superviseProcess } from '../src/supervised-process.ts'
import { until } from './until.ts'

const root = resolve(import.meta.dirname, '..', '..', '..')
const storageEvents = [{ container: 'uploads', queue: 'media-events', apis: ['PutBlob', 'PutBlockList'] }]

/** Azurite as the local stack runs it, with the queue and the container of uploads. */
async function startStorage() {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'zoetrope-local-'))
  const ports = await choosePorts(
    ['blobs', 'queues', 'tables', 'cosmos', 'replica', 'api', 'console'],
    'free',
  )
  const connections = makeConnectionStrings(ports)
  const woken: WakeSource[] = []
  const onWrite = createStorageEvents({
    connection: connections['media-storage'],
    events: storageEvents,
    wake: (source) => woken.push(source),
    log: () => undefined,
  })
  let pid = 0
  const azurite = superviseProcess({
    ...azuritePlan({ root, dataDirectory }, ports, undefined, onWrite),
    cwd: root,
    env: { ...process.env },
    onLine: () => undefined,
    onStart: (started) => (pid = started),
    onDeath: () => undefined,
  })
  await azurite.ready
  const resources = {
    cosmosDatabase: '',
    cosmosContainers: [],
    blobContainers: ['uploads', 'work'],
    queues: ['media-events'],
    storageEvents,
  }
  await createStorageResources(connections, resources, ['http://127.0.0.1:7070'])
  return {
    woken,
    blobs: BlobServiceClient.fromConnectionString(connections['media-storage']),
    events: QueueServiceClient.fromConnectionString(connections['media-storage']).getQueueClient(
      'media-events',
    ),
    kill: () => process.kill(pid, 'SIGKILL'),
    [Symbol.asyncDispose]: async () => {
      await azurite.close()
      rmSync(dataDirectory, { recursive: true, force: true })
    },
  }
}

describe('the storage of the local stack', () => {
  it('raises one BlobCreated event per committed upload, and none for other containers', async () => {
    await using storage = await startStorage()
    const uploads = storage.blobs.getContainerClient('uploads')
    await storage.blobs.getContainerClient('work').getBlockBlobClient('scratch').upload('x', 1)
    const blob = uploads.getBlockBlobClient('ten_a/ast_b/upl_c')
    const id = Buffer.from('1').toString('base64')
    await blob.stageBlock(id, 'hello', 5)
    const { etag } = await blob.commitBlockList([id], { blobHTTPHeaders: { blobContentType: 'image/png' } })

    const message = await until(async () => (await storage.events.receiveMessages()).receivedMessageItems[0])
    const event: unknown = JSON.parse(Buffer.from(message.messageText, 'base64').toString('utf8'))

    expect(event).toMatchObject({
      specversion: '1.0',
      type: 'Microsoft.Storage.BlobCreated',
      subject: '/blobServices/default/containers/uploads/blobs/ten_a/ast_b/upl_c',
      data: {
        api: 'PutBlockList',
        eTag: etag?.replaceAll('"', ''),
        contentLength: 5,
        contentType: 'image/png',
        url: blob.url,
      },
    })
    // Listeners hear of it a moment after it is there.
    await until(() => storage.woken.length > 2 || undefined)
    expect(storage.woken).toEqual([
      { container: 'work', blob: 'scratch' },
      { container: 'uploads', blob: 'ten_a/ast_b/upl_c' },
      { queue: 'media-events' },
    ])
    expect((await storage.events.getProperties()).approximateMessagesCount).toBe(1)
  }, 60_000)

  it('keeps every write that it acknowledged when it is killed, and comes back by itself', async () => {
    await using storage = await startStorage()
    const uploads = storage.blobs.getContainerClient('uploads')
    const names = Array.from({ length: 20 }, (_, index) => `file-${index}`)
    await Promise.all(names.map((name) => uploads.getBlockBlobClient(name).upload(name, name.length)))

    storage.kill()
    const contents = await until(() =>
      Promise.all(
        names.map(async (name) => (await uploads.getBlockBlobClient(name).downloadToBuffer()).toString()),
      ),
    )

    expect(contents).toEqual(names)
  }, 60_000)

  it("lets the console's page write to upload URLs, and no other page", async () => {
    await using storage = await startStorage()
    const url = storage.blobs.getContainerClient('uploads').getBlockBlobClient('x').url
    const ask = (origin: string) =>
      fetch(url, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'PUT' } })

    expect((await ask('http://127.0.0.1:7070')).headers.get('access-control-allow-origin')).toBe(
      'http://127.0.0.1:7070',
    )
    expect((await ask('http://evil.example')).status).toBe(403)
  }, 60_000)
})
