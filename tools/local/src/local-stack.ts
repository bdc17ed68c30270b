import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { listensTo, readAppManifests } from './app-manifests.ts'
import { bundledConsole, packagedConsole } from './console-files.ts'
import {
  connectByIdentity,
  connectByKeys,
  makeConnectionStrings,
  storageAccount,
} from './connection-settings.ts'
import type { ConsoleServer } from './console-server.ts'
import { startConsoleServer } from './console-server.ts'
import type { Resources } from './create-resources.ts'
import { createCosmosResources, createStorageResources } from './create-resources.ts'
import { startLocalIdentity } from './identity/local-identity.ts'
import { makeLocalSettings, settingsOfApp } from './local-settings.ts'
import type { ProcessPlan } from './process-plans.ts'
import { azuritePlan, cosmosPlan, hostPlan } from './process-plans.ts'
import { choosePorts, findTakenPorts } from './ports.ts'
import { openProcessLog } from './process-log.ts'
import { runScript } from './run-script.ts'
import type { Recorder } from './recorder/start-recorder.ts'
import { startRecorder } from './recorder/start-recorder.ts'
import type { StackRecord } from './stack-file.ts'
import { readRunningStack, removeStackRecord, writeStackRecord } from './stack-file.ts'
import type { WakeSource } from './storage-events.ts'
import { createStorageEvents } from './storage-events.ts'
import type { SupervisedProcess } from './supervised-process.ts'
import { superviseProcess } from './supervised-process.ts'
import { waitForHealth } from './wait-for-health.ts'

/** What to start, and where. */
export interface LocalStackOptions {
  /** The repo. */
  readonly root: string
  /** `.zoetrope`; everything that lives on is in there. */
  readonly dataDirectory: string
  readonly ports: 'fixed' | 'free'
  /** A folder with a folder per app, and one of the console; the sources when absent. */
  readonly appsDirectory?: string
  /** How apps reach storage and database: by the published keys over HTTP, or by identity over HTTPS, as in Azure. */
  readonly access: 'keys' | 'identity'
  /** Environment of the caller; its `ZOETROPE_...` variables stand above the stack's own settings. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** A line for the person at the terminal. */
  readonly say: (text: string) => void
  /** Writes down here what each app does to storage and databases, all of which then passes a proxy. */
  readonly recordFile?: string
  /** Every line of every process, which the log files get anyway. */
  readonly onLine?: (name: string, line: string) => void
}

/** A stack that is starting or running. */
export interface LocalStack {
  readonly urls: Readonly<Record<string, string>>
  readonly logDirectory: string
  /** Resolves when every app has answered `GET /health` with 200. */
  readonly healthy: Promise<void>
  /** Resolves when the demo tenant and its key exist. */
  readonly seeded: Promise<void>
  readonly keyFile: string
  /** What a program needs beside the addresses: by identity, the endpoint for tokens and the certificate to trust. */
  readonly environment: Readonly<Record<string, string>>
  close(): Promise<void>
}

/** The identity that sets the product up, as a person or a pipeline does in Azure. */
const deployer = 'deployer'
const startDeadlineMs = 120_000
const portsFreeMs = 5_000

/** Starts Azurite, the Cosmos emulator, the Functions host with every app, and the console. All at once: nothing waits for what it can retry. */
export async function startStack(options: LocalStackOptions): Promise<LocalStack> {
  const { root, dataDirectory, say } = options
  const stackFile = join(dataDirectory, 'stack.json')
  const keyFile = join(dataDirectory, 'demo-key.json')
  const running = readRunningStack(stackFile)
  if (running)
    throw new Error(`A stack already runs on this data (process ${running.pid}): ${running.urls['console']}`)
  if (options.recordFile && options.access === 'identity')
    throw new Error('What apps do is recorded where they have keys (HTTP): leave --identity or --record out.')

  const apps = readAppManifests(options.appsDirectory ?? join(root, 'apps'))
  const resources = JSON.parse(readFileSync(join(root, 'apps', 'resources.json'), 'utf8')) as Resources
  const appNames = apps.map(({ name }) => name)
  const others = ['console', 'blobs', 'queues', 'tables', 'cosmos', 'replica']
  const identityOnly = options.access === 'identity' ? ['cosmosHttps', 'replicaHttps', 'identity'] : []
  const { recordFile } = options
  // It listens before free ports are chosen, so that none of them is one of its own.
  const recorder = recordFile
    ? await startRecorder({
        apps: [...appNames, deployer],
        portOf: (name) => ports.get(name) ?? 0,
        file: recordFile,
        say,
      })
    : undefined
  const ports = await choosePorts([...appNames, ...others, ...identityOnly], options.ports)
  if (options.ports === 'fixed') await waitForPorts(ports)
  const urlOf = (name: string): string => `http://127.0.0.1:${ports.get(name)}`
  const urls = Object.fromEntries([...appNames, 'console'].map((name) => [name, urlOf(name)]))
  const portsOf = (app: string): ReadonlyMap<string, number> =>
    new Map([...ports, ...(recorder?.portsOf(app) ?? [])])
  const identityOptions = { dataDirectory, storageAccount, apps: appNames, deployer }
  const identity =
    options.access === 'identity'
      ? await startLocalIdentity({ ...identityOptions, port: ports.get('identity') ?? 0 })
      : undefined
  const connectionStrings = makeConnectionStrings(ports, identity)
  const connect = identity ? connectByIdentity(ports, identity.clientIdOf) : connectByKeys(portsOf)
  const settings = makeLocalSettings(ports, options.environment, connect)
  // For whoever looks into storage and databases with tools of their own: the published keys, and never others.
  if (!identity) writeSettings(dataDirectory, 'operator', connectionStrings)

  const processes: Record<string, number> = {}
  const startedAt = new Date().toISOString()
  const record = (): StackRecord => ({
    pid: process.pid,
    startedAt,
    urls,
    processes,
    keyFile,
    environment: identity?.environment ?? {},
  })
  writeStackRecord(stackFile, record())

  const aborted = new AbortController()
  const wake = (source: WakeSource): void => {
    for (const app of apps.filter((candidate) => listensTo(candidate, source))) {
      // A host that is down at this moment polls anyway when it is up again.
      fetch(`${urlOf(app.name)}/admin/host/wake`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(source),
        signal: AbortSignal.any([aborted.signal, AbortSignal.timeout(2_000)]),
      }).then(
        (response) => response.body?.cancel(),
        () => undefined,
      )
    }
  }
  const onWrite = createStorageEvents({
    connection: connectionStrings['media-storage'],
    events: resources.storageEvents,
    wake,
    log: say,
  })

  const logDirectory = join(dataDirectory, 'logs')
  const env = { ...childEnvironment(options), ...identity?.environment }
  const supervise = (plan: ProcessPlan): SupervisedProcess => {
    const log = openProcessLog(logDirectory, plan.name)
    return superviseProcess({
      ...plan,
      cwd: root,
      env: { ...env, ...plan.env },
      onLine: (line) => {
        log.write(line)
        options.onLine?.(plan.name, line)
      },
      onStart: (pid) => {
        processes[plan.name] = pid
        writeStackRecord(stackFile, record())
      },
      onDeath: (text) => say(`! ${text} (see ${join(logDirectory, `${plan.name}.log`)})`),
    })
  }
  const azurite = supervise(azuritePlan(options, ports, identity, onWrite))
  const cosmos = supervise(cosmosPlan(options, ports, identity))
  // What the host does at its start is seen whole, and done as in Azure: for a store that is not there yet it does without.
  if (recorder ?? identity) await Promise.allSettled([azurite.ready, cosmos.ready])
  const host = supervise(
    hostPlan(options, apps, ports, (app) =>
      writeSettings(dataDirectory, app.name, settingsOfApp(app, settings)),
    ),
  )
  const consoleServer = await startConsoleServer({
    readFiles: options.appsDirectory
      ? () => packagedConsole(join(options.appsDirectory ?? '', 'console'))
      : () => bundledConsole(join(root, 'apps', 'console')),
    port: ports.get('console') ?? 0,
    apiUrl: urlOf('api'),
    deliveryUrl: urlOf('delivery'),
    blobUrl: `${identity ? 'https' : 'http'}://127.0.0.1:${portsOf('api').get('blobs')}`,
  })

  const storageReady = azurite.ready.then(() =>
    createStorageResources(connectionStrings, resources, [
      urlOf('console'),
      `http://localhost:${ports.get('console')}`,
    ]),
  )
  const seeded = Promise.all([
    storageReady,
    cosmos.ready
      .then(() => createCosmosResources(connectionStrings, resources))
      .then(() =>
        runScript(join(root, 'apps/api/src/bootstrap.ts'), ['--tenant-name', 'demo', '--key-file', keyFile], {
          cwd: root,
          env: { ...env, ...settings.values, ...connect('ZOETROPE_COSMOS', 'cosmos', deployer) },
        }),
      ),
  ]).then(() => undefined)
  const deadlineMs = Date.now() + startDeadlineMs
  const healthy = Promise.all([
    storageReady,
    cosmos.ready,
    host.ready,
    ...apps.map(({ name }) => waitForHealth(urlOf(name), deadlineMs, aborted.signal)),
  ]).then(() => undefined)
  for (const promise of [seeded, healthy]) promise.catch(() => undefined)

  return {
    urls,
    logDirectory,
    healthy,
    seeded,
    keyFile,
    environment: identity?.environment ?? {},
    close: async () => {
      aborted.abort()
      await closeInOrder(consoleServer, host, recorder, [azurite, cosmos])
      await identity?.[Symbol.asyncDispose]()
      removeStackRecord(stackFile)
    },
  }
}

/** Writes settings, in the shape of `Values` in local.settings.json, for their owner's eyes only. */
function writeSettings(
  dataDirectory: string,
  name: string,
  values: Readonly<Record<string, string>>,
): string {
  const directory = join(dataDirectory, 'settings')
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const file = join(directory, `${name}.json`)
  writeFileSync(file, `${JSON.stringify(values, null, 2)}\n`, { mode: 0o600 })
  return file
}

/** The caller's environment without our settings (each app gets its own), with a cache of compiled code. */
function childEnvironment({
  environment,
  dataDirectory,
}: LocalStackOptions): Record<string, string | undefined> {
  const rest = Object.entries(environment).filter(([name]) => !name.startsWith('ZOETROPE_'))
  return { NODE_COMPILE_CACHE: join(dataDirectory, 'compile-cache'), ...Object.fromEntries(rest) }
}

/** Ports of a stack that was killed are free a moment later: its processes end with their parent. */
async function waitForPorts(ports: ReadonlyMap<string, number>): Promise<void> {
  const deadlineMs = Date.now() + portsFreeMs
  for (;;) {
    const taken = await findTakenPorts(ports)
    if (taken.length === 0) return
    if (Date.now() > deadlineMs) {
      throw new Error(
        `Other programs hold these ports: ${taken.join(', ')}. End them, or start with \`npm start -- --ports 0\`.`,
      )
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** Apps first: what they still have to say goes to storage and database. */
async function closeInOrder(
  consoleServer: ConsoleServer,
  host: SupervisedProcess,
  recorder: Recorder | undefined,
  stores: readonly SupervisedProcess[],
): Promise<void> {
  await Promise.all([consoleServer.close(), host.close()])
  await recorder?.close()
  await Promise.all(stores.map((store) => store.close()))
}
