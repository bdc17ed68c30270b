import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { CosmosClient } from '@azure/cosmos'
import type { Database } from '@azure/cosmos'
import { BlobServiceClient } from '@azure/storage-blob'
import { QueueServiceClient } from '@azure/storage-queue'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import type { CosmosEmulator } from '@zoetrope/cosmos-emulator/source'
import { openCertificate, startCosmosEmulator } from '@zoetrope/cosmos-emulator/source'
import { localPrincipal, startIdentityEndpoint } from '@zoetrope/local/identity'
import type { IdentityEndpoint } from '@zoetrope/local/identity'

import { RunningAzurite } from './running-azurite.ts'
import { RunningHost } from './running-host.ts'
import { until } from './until.ts'

jest.setTimeout(60_000)

const app = localPrincipal('app')
const folder = mkdtempSync(join(tmpdir(), 'functions-host-identity-'))
const trace = join(folder, 'trace')
const trusted = getCACertificates('default')

let azurite: RunningAzurite
let emulator: CosmosEmulator
let endpoint: IdentityEndpoint
let host: RunningHost
let blobs: BlobServiceClient
let queues: QueueServiceClient
let cosmos: CosmosClient
let database: Database

beforeAll(async () => {
  const { certificate, path = '', keyPath = '' } = await openCertificate(folder)
  setDefaultCACertificates([...trusted, certificate])
  ;[azurite, emulator, endpoint] = await Promise.all([
    RunningAzurite.start('Blob', 'Queue', 'Table', { certificate: { path, keyPath } }),
    startCosmosEmulator({ dataDirectory: folder, https: true }),
    startIdentityEndpoint({ port: 0, principals: [app] }),
  ])
  blobs = BlobServiceClient.fromConnectionString(azurite.connection)
  queues = QueueServiceClient.fromConnectionString(azurite.connection)
  const [account] = emulator.accounts
  cosmos = new CosmosClient({ endpoint: account!.endpoint, key: account!.key })
  // An identity may do what the data plane offers: containers are made beforehand, as in Azure.
  database = (await cosmos.databases.create({ id: 'db' })).database
  await database.containers.create({ id: 'things', partitionKey: '/kind' })
  for (const id of ['items', 'leases']) await database.containers.create({ id, partitionKey: '/id' })

  const endpoints = Object.fromEntries(
    [...azurite.connection.matchAll(/(Blob|Queue|Table)Endpoint=([^;]+)/g)].map(
      ([, service = '', uri = '']) => [`${service.toLowerCase()}ServiceUri`, uri],
    ),
  )
  const identity = { credential: 'managedidentity', clientId: app.clientId }
  const settings = {
    ...settingsOf('AzureWebJobsStorage', { ...endpoints, ...identity }),
    ...settingsOf('Storage', { ...endpoints, ...identity }),
    ...settingsOf('Cosmos', { accountEndpoint: account!.httpsEndpoint ?? '', ...identity }),
    TRACE_FILE: trace,
    YEARLY: '0 0 0 1 1 *',
    TOPIC_URI: 'http://127.0.0.1:1/api/events',
    TOPIC_KEY: 'topic key',
    FOLDER: 'a folder',
  }
  host = await RunningHost.start(
    { bindings: settings, changes: settings, timers: { ...settings, FUNCTIONS: 'onStartup' } },
    { environment: { ...endpoint.environment, NODE_EXTRA_CA_CERTS: path } },
  )
})
afterAll(async () => {
  await host?.[Symbol.asyncDispose]()
  cosmos.dispose()
  await Promise.all([azurite[Symbol.asyncDispose](), emulator.close(), endpoint.close()])
  setDefaultCACertificates(trusted)
  rmSync(folder, { recursive: true, force: true })
})

function settingsOf(name: string, parts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(parts).map(([part, value]) => [`${name}__${part}`, value]))
}

async function send(path: string, method: string, body: unknown, headers = {}): Promise<number> {
  const answer = await fetch(`${host.url('bindings')}/${path}`, {
    method,
    body: JSON.stringify(body),
    headers,
  })
  return answer.status
}

async function receive(queueName: string): Promise<string[] | undefined> {
  const { receivedMessageItems } = await queues.getQueueClient(queueName).receiveMessages()
  const texts = receivedMessageItems.map(({ messageText }) => Buffer.from(messageText, 'base64').toString())
  return texts.length > 0 ? texts : undefined
}

describe('by identity, over HTTPS, with tokens alone', () => {
  it('a queue triggers, and outputs are sent, to a queue that is made', async () => {
    expect(await send('messages', 'POST', { number: 1 }, { 'x-queue': 'generic-in' })).toBe(202)

    expect(await until(() => receive('generic-out').catch(() => undefined))).toEqual([
      '{"relayed":{"number":1}}',
    ])
  })

  it('a blob triggers, is given, and is written', async () => {
    const container = blobs.getContainerClient('sources')
    await container.createIfNotExists()
    await container.getBlockBlobClient('a/x.txt').upload('text', 4)
    await fetch(`${host.url('bindings')}/admin/host/wake`, {
      method: 'POST',
      body: JSON.stringify({ container: 'sources', blob: 'a/x.txt' }),
    })
    const copy = blobs.getContainerClient('copies').getBlobClient('txt/x-a')

    await until(() => copy.exists())
    const answer = await fetch(`${host.url('bindings')}/blobs/copies/txt/x-a`)

    expect(await answer.json()).toMatchObject({ text: 'text' })
  })

  it('table rows are written and read', async () => {
    expect(await send('rows?partition=p', 'POST', { rowKey: 'r', name: 'one' })).toBe(201)

    const answer = await fetch(`${host.url('bindings')}/rows/p/r`)

    expect(await answer.json()).toMatchObject({ row: { name: 'one' } })
  })

  it('documents are written and read, and changes trigger', async () => {
    expect(await send('documents', 'POST', { id: 'a', kind: 'k' })).toBe(201)
    const answer = await fetch(`${host.url('bindings')}/documents/k/a`)
    expect(await answer.json()).toMatchObject({ document: { id: 'a' } })

    await database.container('items').items.create({ id: 'changed' })

    await until(() => existsSync(trace) && readFileSync(trace, 'utf8').includes('"ids":["changed"]'))
  })

  it('a timer keeps its status in the storage of the host', async () => {
    const names = async (): Promise<string[]> => {
      const found: string[] = []
      const container = blobs.getContainerClient('azure-webjobs-hosts')
      if (!(await container.exists())) return found
      for await (const { name } of container.listBlobsFlat({ prefix: 'timers/' })) found.push(name)
      return found
    }

    await until(async () => (await names()).some((name) => name.includes('onStartup')))
  })

  it('what an identity may not do is refused: containers of the database are not made', async () => {
    const answer = await fetch(`${host.url('changes')}/copy`, { method: 'POST', body: '{"id":"a"}' })

    expect(answer.status).toBe(500)
    await until(() => host.log.includes('cannot be authorized by AAD token in data plane'))
  })
})
