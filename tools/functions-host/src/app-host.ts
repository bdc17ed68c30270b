import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isIPv6 } from 'node:net'
import { join } from 'node:path'

import { answerRequest } from './answer-request.ts'
import { calm } from './chaos/chaos.ts'
import { seededChaos } from './chaos/seeded-chaos.ts'
import type { AppConfig } from './config/app-config.ts'
import type { AppSettings } from './config/app-settings.ts'
import { readAppConfig } from './config/app-config.ts'
import { makeAppServer } from './server/app-server.ts'
import { withOptions } from './config/instance-settings.ts'
import type { CorsPolicy } from './server/cors.ts'
import { HostError } from './errors.ts'
import type { InstanceFigures } from './instances/instance-figures.ts'
import { claimInstanceName } from './state/instance-name.ts'
import { HostKeys } from './keys/host-keys.ts'
import { JobHost } from './job-host.ts'
import type { Log } from './logging/log.ts'
import { AppMetrics } from './metrics/app-metrics.ts'
import { openStateDirectory } from './state/state-directory.ts'
import type { Clock } from './time/clock.ts'
import type { Backlog, TriggeredFunction } from './trigger.ts'
import type { InvocationResult } from './worker/function-worker.ts'

/** Port of an app that names none, as with Core Tools. */
const defaultPort = 7071

/** How long loading may go on where the code has changed since it began, ms: it may never end by itself. */
const outdatedLoadMs = 2000

/** An app to host. */
export interface AppOptions {
  readonly directory: string
  /** 0: any free one. By default that of local.settings.json, else 7071. */
  readonly port?: number
  readonly settings?: AppSettings
  /** Pages that browsers let in, in place of those of local.settings.json. */
  readonly cors?: CorsPolicy
  /** Only these functions. */
  readonly functions?: readonly string[]
  /** How many copies of its code run: `3`, or `'0-5'` for as many as there is work for. By default that of the setting FUNCTIONS_HOST_INSTANCES, else 1. */
  readonly instances?: number | string
  /** How long there has been less to do before instances end, ms. By default that of FUNCTIONS_HOST_IDLE_SECONDS, else 30 seconds. */
  readonly idleMs?: number
  /** How long code may block its instance before that is taken for hung and replaced, ms. By default that of FUNCTIONS_HOST_HANG_SECONDS, else 30 seconds. */
  readonly hangMs?: number
}

/** What all apps of a host share. */
export interface HostSettings {
  readonly dataDirectory: string
  readonly hostname: string
  /** Flags of Node for every worker. */
  readonly workerArguments: readonly string[]
  readonly log: (app: AppConfig) => Log
  /** The time that triggers and durable functions go by. */
  readonly clock: Clock
  /** What decides about chaos; undefined: there is none. */
  readonly chaosSeed?: number
  /** How long running functions may take to end when the host closes, ms. */
  readonly drainMs: number
  /** Whether requests need the keys of their functions' levels. */
  readonly isAuthEnforced: boolean
  /** Whether function code runs in the host's own process. */
  readonly isInProcess: boolean
  /** Gives up the start. */
  readonly signal?: AbortSignal
}

/** Loads code and configuration. */
type LoadJob = (signal?: AbortSignal, before?: JobHost) => Promise<JobHost>

/** One app: its port, its keys, and the job host that runs its functions. */
export class AppHost {
  readonly url: string
  readonly keys: HostKeys
  readonly metrics: AppMetrics
  readonly #server: Server
  readonly #load: LoadJob
  #job: JobHost
  /** Job hosts of before that have not ended yet. */
  readonly #ending = new Set<Promise<void>>()
  #restarting: Promise<unknown> = Promise.resolve()
  #nextRestart: Promise<boolean> | undefined
  /** Gives up loading that goes on now. */
  #loading: AbortController | undefined
  #isClosing = false

  private constructor(parts: {
    url: string
    keys: HostKeys
    metrics: AppMetrics
    server: Server
    load: LoadJob
    job: JobHost
  }) {
    this.url = parts.url
    this.keys = parts.keys
    this.metrics = parts.metrics
    this.#server = parts.server
    this.#load = parts.load
    this.#job = parts.job
  }

  /** Starts an app: its port is open, its code loaded and its listeners run when this resolves. @throws HostError */
  static async start(options: AppOptions, host: HostSettings): Promise<AppHost> {
    const opened = Promise.withResolvers<AppHost>()
    let app: AppHost | undefined
    const server = makeAppServer((request, response) => {
      if (app) return app.#answer(request, response)
      // Who comes while the app still starts waits for it.
      void opened.promise.then((started) => {
        // Whoever gave up while the app was loading must not run, and not hold up its end.
        if (!response.destroyed && !request.destroyed) started.#answer(request, response)
      })
    })
    const { name, localPort } = readAppConfig(options.directory, options.settings ?? {})
    await listen(server, options.port ?? localPort ?? defaultPort, host.hostname)
    // Such as too many open files: whoever connects next may be let in again.
    server.on('error', ({ message }) => {
      void opened.promise.then((started) =>
        started.log('error', `A connection could not be accepted: ${message}`),
      )
    })
    const { port } = server.address() as AddressInfo
    const readConfig = (): AppConfig => {
      // The SDKs build their links from it.
      const given = { ...options.settings, WEBSITE_HOSTNAME: `localhost:${port}` }
      const config = readAppConfig(options.directory, given)
      return {
        ...config,
        ...(options.cors ? { cors: options.cors } : {}),
        instances: withOptions(config.instances, options),
      }
    }
    const stateDirectory = join(host.dataDirectory, name)
    try {
      openStateDirectory(stateDirectory)
      const { settings } = readConfig()
      const keys = new HostKeys({ isEnforced: host.isAuthEnforced, settings, stateDirectory })
      const url = `http://${isIPv6(host.hostname) ? `[${host.hostname}]` : host.hostname}:${port}`
      const metrics = new AppMetrics(host.clock)
      const instanceName = claimInstanceName(stateDirectory)
      const load: LoadJob = async (signal, before) => {
        const config = readConfig()
        const log = host.log(config)
        return JobHost.load(
          {
            config,
            keys,
            metrics,
            stateDirectory,
            instanceName,
            log,
            baseUrl: () => url.replace('127.0.0.1', 'localhost'),
            only: options.functions,
            host,
            signal,
            chaos: host.chaosSeed === undefined ? calm : seededChaos(host.chaosSeed, log),
          },
          before,
        )
      }
      const job = await load(host.signal)
      await job.start().catch(async (error: unknown) => {
        await job.drain()
        await job.end()
        throw error
      })
      app = new AppHost({ url, keys, metrics, server, load, job })
      opened.resolve(app)
      return app
    } catch (error) {
      server.close()
      server.closeAllConnections()
      throw error
    }
  }

  /** What is known of the app. */
  get config(): AppConfig {
    return this.#job.config
  }

  get name(): string {
    return this.config.name
  }

  get functions(): readonly TriggeredFunction[] {
    return this.#job.functions
  }

  get disabledFunctions(): readonly TriggeredFunction[] {
    return this.#job.disabledFunctions
  }

  /** Writes to the log of the app. */
  log(...entry: Parameters<Log>): void {
    this.#job.log(...entry)
  }

  /** A source (queue or container name) has something new; `item`: the blob that is, where it is known. */
  wake(source: string, item?: string): void {
    this.#job.wake(source, item)
  }

  /** What the listener of a name shows of itself; undefined where there is none, or nothing there. @throws HostError when it could not start */
  async inspect(name: string, path: string, query: URLSearchParams): Promise<unknown> {
    await this.#job.hasStarted(name)
    return this.#job.listener(name)?.inspect?.(path, query)
  }

  /** What is known of each instance of the app. */
  get instances(): readonly InstanceFigures[] {
    return this.#job.instances
  }

  /** What waits for functions, of every kind that can tell. */
  backlogs(): Promise<readonly Backlog[]> {
    return this.#job.backlogs()
  }

  /** Whether only requests set functions off, until the next restart. */
  get isDraining(): boolean {
    return this.#job.isDraining
  }

  /** Has triggers other than HTTP take nothing new in, until the next restart. */
  drainTriggers(): void {
    void this.#job.drainTriggers()
  }

  /** Lines of the start-up list. */
  describe(): string[] {
    return this.#job.describe()
  }

  /**
   * Loads code and configuration anew and puts them in the place of those that run; what they are running may end
   * first (within the time for it). Where the app cannot be loaded, the log says why and what ran before runs on.
   * Answers whether it could. Requests wait; none is refused.
   */
  restart(): Promise<boolean> {
    // One that waits for another has read nothing yet, and is enough for all who ask meanwhile.
    this.#nextRestart ??= this.#restartNext()
    return this.#nextRestart
  }

  async #restartNext(): Promise<boolean> {
    const timer = setTimeout(() => this.#loading?.abort(), outdatedLoadMs)
    await this.#restarting
    clearTimeout(timer)
    this.#nextRestart = undefined
    const restart = this.#replaceJob()
    this.#restarting = restart
    return restart
  }

  /** Takes nothing new in, lets what runs end (within the time for it), then ends the worker. */
  async close(): Promise<void> {
    this.#isClosing = true
    this.#loading?.abort()
    this.#server.close()
    this.#server.closeIdleConnections()
    await this.#restarting
    await this.#job.drain()
    this.#server.closeAllConnections()
    await this.#job.end()
    await Promise.all(this.#ending)
  }

  async #replaceJob(): Promise<boolean> {
    if (this.#isClosing) return false
    const before = this.#job
    const job = await this.#loadAgain(before)
    if (!job) return false
    this.#job = job
    const ending = before
      .drain()
      .then(() => before.end())
      .then(() => job.openDebugger())
      .catch((error: Error) => job.log('error', `What ran before has not ended in peace: ${error.stack}`))
    this.#ending.add(ending)
    void ending.finally(() => this.#ending.delete(ending))
    await job.start(before)
    return true
  }

  /** Undefined where the app cannot be loaded; the log says why. */
  async #loadAgain(before: JobHost): Promise<JobHost | undefined> {
    const loading = new AbortController()
    this.#loading = loading
    try {
      const job = await this.#load(loading.signal, before)
      if (job.hasFunctions || !before.hasFunctions) return job
      // As a file is that is being written.
      await job.end()
      throw new HostError('It registers no functions any more.')
    } catch (error) {
      if (this.#isClosing) return undefined
      const { message, stack } = error as Error
      const reason = error instanceof HostError ? message : stack
      before.log(
        'error',
        loading.signal.aborted
          ? 'The app did not load before it changed again; it is loaded anew.'
          : `The app could not be loaded; what ran before runs on.\n${reason}`,
        'Host.Lifecycle',
      )
      return undefined
    } finally {
      this.#loading = undefined
    }
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    answerRequest({ app: this, job: this.#job }, request, response)
  }

  /** The function of a name, whatever its case. */
  find(name: string): TriggeredFunction | undefined {
    return this.functions.find(({ metadata }) => metadata.name.toLowerCase() === name.toLowerCase())
  }

  /** Runs a function by name, as the admin door does; answers the id of the run, undefined when no function has that name. */
  invokeByName(name: string, input: string): string | undefined {
    const target = this.find(name)
    if (!target) return undefined
    const invocationId = randomUUID()
    this.#job
      .invokeByHand(target, invocationId, input)
      .catch(({ message }: Error) => this.log('error', message))
    return invocationId
  }

  /** Runs a function and waits for it. @throws HostError where there is none of this name, or its input is nothing to it */
  async run(name: string, input: string): Promise<InvocationResult> {
    const target = this.find(name)
    if (target) return this.#job.invokeByHand(target, randomUUID(), input)
    const names = this.functions.map(({ metadata }) => metadata.name).join(', ')
    throw new HostError(`There is no function "${name}". There are: ${names || 'none'}.`)
  }

  /** What goes on by itself, a line each; none: the app is at rest, until time goes by or something comes from outside. */
  busyWith(): readonly string[] {
    return this.#job.busyWith()
  }

  /** How often functions have run since the last restart. */
  get runCount(): number {
    return this.#job.runCount
  }

  /** What an input binding of this type, such as `durableClient`, gives a function; undefined where nothing serves it. */
  clientInput(bindingType: string): Promise<string> | undefined {
    return this.#job.clientInput(bindingType)
  }
}

/** Why a port cannot be opened, by the code of the error. */
const listenFaults: Readonly<Record<string, (port: number, hostname: string) => string>> = {
  EADDRINUSE: (port) => `Port ${port} is taken. End what uses it, or choose another one with --port.`,
  EACCES: (port) => `Port ${port} is not for this user. Choose one from 1024 up with --port.`,
  EADDRNOTAVAIL: (_port, hostname) =>
    `"${hostname}" is no address of this machine. Choose one of its own with --host, or 0.0.0.0 for all of them.`,
  ENOTFOUND: (_port, hostname) =>
    `Nobody knows the name "${hostname}". Give --host a name or address of this machine.`,
}

/** Opens a port. @throws HostError when it cannot be */
async function listen(server: Server, port: number, hostname: string): Promise<void> {
  server.listen(port, hostname)
  try {
    await once(server, 'listening')
  } catch (error) {
    const explain = listenFaults[(error as NodeJS.ErrnoException).code ?? '']
    throw explain ? new HostError(explain(port, hostname)) : error
  }
}
