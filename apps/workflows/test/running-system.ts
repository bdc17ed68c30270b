import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

import { CosmosClient } from '@azure/cosmos'
import { QueueServiceClient } from '@azure/storage-queue'
import type { TenantId } from '@zoetrope/contracts'
import { cosmosDatabaseName, systemTenantId } from '@zoetrope/contracts'
import { defaultWorkflows } from '@zoetrope/domain'
import type { Store } from '@zoetrope/store'
import { connectCosmos, cosmosStore, newDocument } from '@zoetrope/store'
import type { RunningAzurite } from '@zoetrope/test-kit'
import { startAzurite } from '@zoetrope/test-kit'

const appFolder = join(import.meta.dirname, '..')
const root = join(appFolder, '..', '..')
const resources = JSON.parse(readFileSync(join(root, 'apps', 'resources.json'), 'utf8')) as {
  readonly queues: readonly string[]
  readonly cosmosContainers: readonly { readonly name: string; readonly partitionKeyPaths: string[] }[]
}

/** Durations of the product, shortened. The sweep runs when a test asks for it, and otherwise once a year. */
export const shortened = {
  ZOETROPE_SILENCE_MS: '1000',
  ZOETROPE_DISPATCH_DEADLINE_MS: '2500',
  ZOETROPE_UNCLAIMED_MS: '300',
  ZOETROPE_SWEEP_SCHEDULE: '0 0 0 1 1 *',
  AzureFunctionsJobHost__extensions__queues__maxPollingInterval: '00:00:00.100',
  AzureFunctionsJobHost__extensions__queues__visibilityTimeout: '00:00:00',
  AzureFunctionsJobHost__extensions__queues__maxDequeueCount: '3',
} as const

/** The workflows app on the functions host, with Azurite and the Cosmos emulator: processes of their own. */
export class RunningSystem implements AsyncDisposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'workflows-'))
  readonly azurite: RunningAzurite
  readonly store: Store
  readonly #emulator: ChildProcess
  readonly #settingsFile = join(this.directory, 'settings.json')
  #host: ChildProcess | undefined
  #url = ''
  #sweptMs = 0
  log = ''

  private constructor(
    azurite: RunningAzurite,
    emulator: { readonly child: ChildProcess; readonly connectionString: string },
    settings: Readonly<Record<string, string>>,
  ) {
    this.azurite = azurite
    this.#emulator = emulator.child
    const { connectionString } = emulator
    this.store = cosmosStore(connectCosmos({ name: 'ZOETROPE_COSMOS', connectionString, endpoints: {} }))
    const all = {
      ...shortened,
      ...settings,
      ZOETROPE_STORAGE: azurite.connectionString,
      ZOETROPE_COSMOS: connectionString,
    }
    writeFileSync(this.#settingsFile, JSON.stringify(all))
  }

  static async start(settings: Readonly<Record<string, string>> = {}): Promise<RunningSystem> {
    const [azurite, emulator] = await Promise.all([startAzurite(), startEmulator()])
    const system = new RunningSystem(azurite, emulator, settings)
    try {
      await createContainers(emulator.connectionString)
      const queues = QueueServiceClient.fromConnectionString(azurite.connectionString)
      for (const name of resources.queues) await queues.getQueueClient(name).createIfNotExists()
      await seedWorkflows(system.store)
      await system.startHost()
      return system
    } catch (error) {
      await system[Symbol.asyncDispose]()
      throw error
    }
  }

  /** Starts the host on the state that an earlier one left. */
  async startHost(): Promise<void> {
    const cli = join(root, 'tools', 'functions-host', 'src', 'cli.ts')
    const app = `${appFolder}:0:${this.#settingsFile}`
    const { child, line } = await startProgram(
      [cli, 'start', '--data', this.directory, '--app', app],
      /^Host ready: (.*)$/,
      (text) => (this.log += text),
    )
    this.#host = child
    this.#url = (JSON.parse(line) as { url: string }).url
  }

  /** Ends the host with its worker, without any goodbye. */
  async killHost(): Promise<void> {
    await kill(this.#host)
  }

  /** Removes every orchestration, as a lost or replaced task hub does. The host must be dead. */
  forgetOrchestrations(): void {
    rmSync(join(this.directory, 'workflows'), { recursive: true, force: true })
  }

  /** Runs the sweep, unless it has just run. */
  async sweep(): Promise<void> {
    if (Date.now() < this.#sweptMs + 300) return
    this.#sweptMs = Date.now()
    const headers = { 'content-type': 'application/json' }
    const options = { method: 'POST', headers, body: '{}' }
    assert.equal((await fetch(`${this.#url}/admin/functions/jobs-sweep`, options)).status, 202)
  }

  /** Ids of the orchestrations of one name that belong to a job. */
  async orchestrationsOf(jobId: string, name: string): Promise<string[]> {
    const response = await this.manage('GET', `?instanceIdPrefix=${jobId}`)
    const instances = (await response.json()) as { name: string; instanceId: string }[]
    return instances.filter((instance) => instance.name === name).map(({ instanceId }) => instanceId)
  }

  /** A call of the management API of durable instances. */
  async manage(method: string, path: string, body?: string): Promise<Response> {
    const options = body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } }
    return fetch(`${this.#url}/runtime/webhooks/durabletask/instances${path}`, { method, ...options })
  }

  /** The history file of an orchestration, as the admin door shows it. */
  async historyOf(instanceId: string): Promise<unknown> {
    const path = `/admin/host/durabletask/instances/${encodeURIComponent(instanceId)}/history`
    return (await fetch(`${this.#url}${path}`)).json()
  }

  /** How many messages are on a queue, hidden ones included. */
  async messagesOn(queue: string): Promise<number> {
    const service = QueueServiceClient.fromConnectionString(this.azurite.connectionString)
    return (await service.getQueueClient(queue).getProperties()).approximateMessagesCount ?? 0
  }

  /** A call of the app's own HTTP functions. */
  async call(method: string, path: string, body?: object): Promise<Response> {
    const headers = { 'content-type': 'application/json' }
    return fetch(`${this.#url}${path}`, {
      method,
      ...(body ? { body: JSON.stringify(body), headers } : {}),
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([kill(this.#host), kill(this.#emulator)])
    await this.azurite[Symbol.asyncDispose]()
    rmSync(this.directory, { recursive: true, force: true })
  }
}

async function startEmulator(): Promise<{ child: ChildProcess; connectionString: string }> {
  const cli = join(root, 'tools', 'cosmos-emulator', 'src', 'cli.ts')
  const args = [cli, 'start', '--port', '0', '--memory']
  const { child, line } = await startProgram(args, /^Emulator ready: (.*)$/, () => {})
  const { endpoint, key } = JSON.parse(line) as { endpoint: string; key: string }
  return { child, connectionString: `AccountEndpoint=${endpoint};AccountKey=${key};` }
}

async function createContainers(connectionString: string): Promise<void> {
  const client = new CosmosClient(connectionString)
  const { database } = await client.databases.create({ id: cosmosDatabaseName })
  for (const { name, partitionKeyPaths: paths } of resources.cosmosContainers) {
    const kind = (paths.length > 1 ? 'MultiHash' : 'Hash') as never
    const partitionKey = { paths, kind, version: 2 }
    await database.containers.create({ id: name, partitionKey, defaultTtl: -1 })
  }
  client.dispose()
}

async function seedWorkflows(store: Store): Promise<void> {
  for (const { workflowId, version, name, definition } of defaultWorkflows) {
    const document = {
      ...newDocument(new Date()),
      id: `${workflowId}.${version}`,
      kind: 'workflowVersion',
      tenantId: systemTenantId as TenantId,
      workflowId,
      version,
      name,
      definition,
    }
    await store.catalog.create([systemTenantId], document)
  }
}

/** Starts a program of the repository and waits for the line that says it is ready. */
async function startProgram(
  args: readonly string[],
  ready: RegExp,
  keep: (text: string) => void,
): Promise<{ child: ChildProcess; line: string }> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      keep(chunk.toString())
    })
  const lines = createInterface({ input: child.stdout })
  const found = new Promise<string>((resolve) => {
    lines.on('line', (text) => {
      const match = ready.exec(text)?.[1]
      if (match) resolve(match)
    })
  })
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`${args[0]} ended: ${output}`)))
  const line = await Promise.race([found, ended])
  ended.catch(() => {})
  return { child, line }
}

async function kill(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}
