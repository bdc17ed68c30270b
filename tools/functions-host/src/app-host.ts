import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { answerAdmin } from './admin.ts'
import { answerEmpty } from './answer-empty.ts'
import { addConfiguredHeaders } from './answer-headers.ts'
import type { AppConfig, AppSettings } from './app-config.ts'
import { readAppConfig } from './app-config.ts'
import { makeAppServer } from './app-server.ts'
import { chooseFunctions } from './choose-functions.ts'
import { systemClock } from './clock.ts'
import type { CorsPolicy } from './cors.ts'
import { applyCors } from './cors.ts'
import { HostError } from './errors.ts'
import { isFromForeignPage } from './foreign-page.ts'
import { claimInstanceName } from './instance-name.ts'
import { HostKeys } from './keys.ts'
import type { Log } from './log.ts'
import { workersOf } from './spawn-worker.ts'
import { openStateDirectory } from './state-directory.ts'
import { triggerKinds } from './trigger-kinds.ts'
import { Invoker } from './invoker.ts'
import type { Listener, TriggerContext, TriggeredFunction } from './trigger.ts'
import type { DurableListener } from './triggers/durable/durable-trigger.ts'
import { HttpListener } from './triggers/http/http-trigger.ts'
import { WorkerPool } from './worker/worker-pool.ts'

/** Port of an app that names none, as with Core Tools. */
const defaultPort = 7071
/** Grace for a worker's goodbye, ms. */
const goodbyeMs = 5000

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
}

/** What all apps of a host share. */
export interface HostSettings {
  readonly dataDirectory: string
  readonly hostname: string
  /** Flags of Node for every worker. */
  readonly workerArguments: readonly string[]
  readonly log: (app: AppConfig) => Log
  /** How long running functions may take to end when the host closes, ms. */
  readonly drainMs: number
  /** Whether requests need the keys of their functions' levels. */
  readonly isAuthEnforced: boolean
  /** Whether function code runs in the host's own process. */
  readonly isInProcess: boolean
}

/** One app: its worker, its listeners and its port. */
export class AppHost {
  readonly name: string
  readonly url: string
  readonly functions: readonly TriggeredFunction[]
  readonly #config: AppConfig
  readonly #log: Log
  readonly #server: Server
  readonly #pool: WorkerPool
  readonly #drainMs: number
  readonly #invoker: Invoker
  readonly keys: HostKeys
  readonly #listeners = new Map<string, Listener>()

  private constructor(parts: {
    config: AppConfig
    log: Log
    server: Server
    url: string
    pool: WorkerPool
    functions: readonly TriggeredFunction[]
    drainMs: number
    keys: HostKeys
  }) {
    this.name = parts.config.name
    this.url = parts.url
    this.functions = parts.functions
    this.#config = parts.config
    this.#log = parts.log
    this.#server = parts.server
    this.#pool = parts.pool
    this.#drainMs = parts.drainMs
    this.keys = parts.keys
    this.#invoker = new Invoker({
      config: parts.config,
      log: parts.log,
      run: (invocation) => this.#pool.invoke(invocation),
      durable: () => this.#listeners.get('durabletask') as DurableListener | undefined,
      onWritten: (queue) => this.wake(queue),
    })
  }

  /** Starts an app: its port is open, its code loaded and its listeners run when this resolves. @throws HostError */
  static async start(options: AppOptions, host: HostSettings): Promise<AppHost> {
    const opened = Promise.withResolvers<AppHost>()
    // Who comes while the app still starts waits for it.
    const server = makeAppServer((request, response) => {
      void opened.promise.then((app) => {
        // Whoever gave up while the app was loading must not run, and not hold up its end.
        if (!response.destroyed && !request.destroyed) void app.#answer(request, response)
      })
    })
    const read = readAppConfig(options.directory, options.settings ?? {})
    await listen(server, options.port ?? read.localPort ?? defaultPort, host.hostname)
    const { port } = server.address() as AddressInfo
    // The SDKs build their links from it.
    const config: AppConfig = {
      ...read,
      ...(options.cors ? { cors: options.cors } : {}),
      settings: { ...read.settings, WEBSITE_HOSTNAME: `localhost:${port}` },
    }
    const log = host.log(config)
    const stateDirectory = join(host.dataDirectory, config.name)
    let pool: WorkerPool | undefined
    try {
      openStateDirectory(stateDirectory)
      const started = await WorkerPool.start({
        spawn: workersOf(config, log, host),
        log,
        functionTimeoutMs: config.functionTimeoutMs,
      })
      pool = started.pool
      const functions = chooseFunctions(started.worker.functions, { config, only: options.functions, log })
      const app = new AppHost({
        config,
        log,
        server,
        url: `http://${host.hostname}:${port}`,
        pool,
        functions,
        drainMs: host.drainMs,
        keys: new HostKeys({ isEnforced: host.isAuthEnforced, settings: config.settings, stateDirectory }),
      })
      await app.#listen(stateDirectory)
      opened.resolve(app)
      return app
    } catch (error) {
      server.close()
      server.closeAllConnections()
      await pool?.kill()
      throw error
    }
  }

  /** What is known of the app. */
  get config(): AppConfig {
    return this.#config
  }

  /** A source (queue or container name) has something new. */
  wake(source: string): void {
    for (const listener of this.#listeners.values()) listener.wake?.(source)
  }

  /** Lines of the start-up list. */
  describe(): string[] {
    const http = this.#listeners.get('httptrigger')
    const others = this.functions.filter(({ trigger }) => trigger.type.toLowerCase() !== 'httptrigger')
    return [
      ...(http instanceof HttpListener ? http.describe() : []),
      ...others.map(({ metadata, trigger }) => `${metadata.name}: ${trigger.type}`),
    ]
  }

  /** Takes nothing new in, lets what runs end (within the time for it), then ends the worker. */
  async close(): Promise<void> {
    this.#server.close()
    this.#server.closeIdleConnections()
    const timer = setTimeout(() => {
      this.#log('warning', `What still ran after ${this.#drainMs} ms is given back.`)
      void this.#pool.kill()
    }, this.#drainMs)
    // A listener that cannot tell its end must not keep the host from its own.
    const patience = new AbortController()
    await Promise.race([
      Promise.all([...this.#listeners.values()].map((listener) => listener.drain())),
      delay(this.#drainMs + goodbyeMs, undefined, { signal: patience.signal }).catch(() => {}),
    ])
    patience.abort()
    clearTimeout(timer)
    this.#server.closeAllConnections()
    await this.#pool.close(goodbyeMs)
  }

  async #listen(stateDirectory: string): Promise<void> {
    const context: TriggerContext = {
      config: this.#config,
      keys: this.keys,
      log: this.#log,
      stateDirectory,
      instanceName: claimInstanceName(stateDirectory),
      clock: systemClock,
      baseUrl: () => this.url.replace('127.0.0.1', 'localhost'),
      worker: () => this.#pool.current(),
      invoke: (target, request) => this.#invoker.invoke(target, request),
    }
    for (const kind of triggerKinds) {
      const own = this.functions.filter(({ trigger }) => kind.types.includes(trigger.type.toLowerCase()))
      if (own.length > 0)
        this.#listeners.set(kind.webhook ?? kind.types[0] ?? '', await kind.listen(own, context))
    }
    for (const listener of this.#listeners.values()) await listener.start()
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      if (this.#config.cors && applyCors(this.#config.cors, request, response)) return
      addConfiguredHeaders(this.#config.http, request, response)
      const path = (request.url ?? '/').split('?')[0] ?? '/'
      const webhook = /^\/runtime\/webhooks\/([^/]+)\/?(.*)$/i.exec(path)
      const listener = webhook && this.#listeners.get(webhook[1]?.toLowerCase() ?? '')
      if (listener?.handleWebhook && webhook?.[1]) {
        if (!this.keys.isEnforced && request.method !== 'GET' && isFromForeignPage(request))
          return answerEmpty(response, 403)
        if (listener.needsNoKey || this.keys.opensWebhook(request, webhook[1].toLowerCase()))
          return await listener.handleWebhook(request, response, webhook[2] ?? '')
        return answerEmpty(response, 401)
      }
      if (webhook && !this.keys.opensWebhook(request, ''))
        return answerEmpty(response, 401, { 'www-authenticate': 'Bearer' })
      if (/^\/admin\//i.test(path)) return await answerAdmin(this, request, response)
      const http = this.#listeners.get('httptrigger')
      if (http instanceof HttpListener && (await http.handle(request, response))) return
      if (path !== '/') return answerEmpty(response, 404)
      if (/^true$/i.test(this.#config.settings['AzureWebJobsDisableHomepage'] ?? ''))
        return answerEmpty(response, 204)
      response.writeHead(200, { 'content-type': 'text/html' }).end('Your Functions app is up and running.')
    } catch (error) {
      this.#log('error', `${request.method} ${request.url}: ${(error as Error).stack}`)
      if (response.headersSent) response.destroy()
      else answerEmpty(response, 500)
    }
  }

  /** The function of a name, whatever its case. */
  find(name: string): TriggeredFunction | undefined {
    return this.functions.find(({ metadata }) => metadata.name.toLowerCase() === name.toLowerCase())
  }

  /** Runs a function by name, as the admin door does. */
  async invokeByName(name: string, input: string): Promise<boolean> {
    const target = this.find(name)
    if (!target) return false
    void this.#invoker.invoke(target, {
      data: { string: input },
      reason: 'This function was programmatically called via the host APIs.',
    })
    return true
  }
}

async function listen(server: Server, port: number, hostname: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new HostError(`Port ${port} is taken. End what uses it, or choose another one with --port.`)
          : error,
      )
    })
    server.listen(port, hostname, resolve)
  })
}
