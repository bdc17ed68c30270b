import { randomBytes, randomUUID } from 'node:crypto'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { answerAdmin } from './admin.ts'
import { answerEmpty } from './answer-empty.ts'
import type { AppConfig, AppSettings } from './app-config.ts'
import { readAppConfig } from './app-config.ts'
import { makeAppServer } from './app-server.ts'
import { HostError, NotImplementedError } from './errors.ts'
import { isFromForeignPage } from './foreign-page.ts'
import { HostKeys } from './keys.ts'
import type { Log } from './log.ts'
import { checkBindings, writeOutputs } from './outputs/write-outputs.ts'
import { triggerKinds } from './trigger-kinds.ts'
import type { InvocationRequest, Listener, TriggerContext, TriggeredFunction } from './trigger.ts'
import type { DurableListener } from './triggers/durable/durable-trigger.ts'
import { HttpListener } from './triggers/http/http-trigger.ts'
import type { Invocation } from './worker/protocol.ts'
import { WorkerPool } from './worker/worker-pool.ts'
import type { InvocationResult } from './worker/worker-process.ts'

/** Grace for a worker's goodbye, ms. */
const goodbyeMs = 5000

/** An app to host. */
export interface AppOptions {
  readonly directory: string
  /** 0: any free one. */
  readonly port: number
  readonly settings?: AppSettings
  /** Only these functions. */
  readonly functions?: readonly string[]
}

/** What all apps of a host share. */
export interface HostSettings {
  readonly dataDirectory: string
  readonly hostname: string
  readonly log: (appName: string) => Log
  /** How long running functions may take to end when the host closes, ms. */
  readonly drainMs: number
  /** Whether requests need the keys of their functions' levels. */
  readonly isAuthEnforced: boolean
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
    await listen(server, options.port, host.hostname)
    const { port } = server.address() as AddressInfo
    // The SDKs build their links from it.
    const settings = { ...options.settings, WEBSITE_HOSTNAME: `localhost:${port}` }
    const config = readAppConfig(options.directory, settings)
    const log = host.log(config.name)
    const stateDirectory = join(host.dataDirectory, config.name)
    let pool: WorkerPool | undefined
    try {
      mkdirSync(stateDirectory, { recursive: true })
      const started = await WorkerPool.start({
        directory: config.directory,
        env: config.settings,
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
      baseUrl: () => this.url.replace('127.0.0.1', 'localhost'),
      worker: () => this.#pool.current(),
      invoke: (target, request) => this.#invoke(target, request),
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
      const path = (request.url ?? '/').split('?')[0] ?? '/'
      const webhook = /^\/runtime\/webhooks\/([^/]+)\/?(.*)$/i.exec(path)
      const listener = webhook && this.#listeners.get(webhook[1]?.toLowerCase() ?? '')
      if (listener?.handleWebhook && webhook?.[1]) {
        if (!this.keys.isEnforced && request.method !== 'GET' && isFromForeignPage(request))
          return answerEmpty(response, 403)
        if (this.keys.opensWebhook(request, webhook[1].toLowerCase()))
          return await listener.handleWebhook(request, response, webhook[2] ?? '')
        return answerEmpty(response, 401)
      }
      if (webhook && !this.keys.opensWebhook(request, ''))
        return answerEmpty(response, 401, { 'www-authenticate': 'Bearer' })
      if (path.startsWith('/admin/')) return await answerAdmin(this, request, response)
      const http = this.#listeners.get('httptrigger')
      if (http instanceof HttpListener && (await http.handle(request, response))) return
      const isHome = path === '/' && request.method === 'GET'
      if (!isHome) return answerEmpty(response, 404)
      response.writeHead(200, { 'content-type': 'text/plain' }).end('Your Functions app is up and running.')
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
    void this.#invoke(target, {
      data: { string: input },
      reason: 'This function was programmatically called via the host APIs.',
    })
    return true
  }

  async #invoke(target: TriggeredFunction, request: InvocationRequest): Promise<InvocationResult> {
    const { metadata, trigger } = target
    const invocationId = request.invocationId ?? randomUUID()
    const invocation: Invocation = {
      invocationId,
      functionId: metadata.id,
      inputData: [{ name: trigger.name, data: request.data }, ...this.#clientInputs(target)],
      triggerMetadata: request.triggerMetadata ?? {},
      traceContext: {
        traceParent:
          request.traceParent ?? `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`,
      },
      ...(request.retryContext ? { retryContext: request.retryContext } : {}),
    }
    const startedAt = performance.now()
    this.#log(
      'debug',
      `Executing 'Functions.${metadata.name}' (Reason='${request.reason}', Id=${invocationId})`,
    )
    let result = await this.#pool.invoke(invocation)
    if (result.ok) {
      try {
        const queues = await writeOutputs(metadata, result, this.#config)
        for (const queue of queues) this.wake(queue)
      } catch (error) {
        result = { ok: false, message: `An output binding failed: ${(error as Error).message}`, stack: '' }
      }
    }
    const ended = `Executed 'Functions.${metadata.name}' (${result.ok ? 'Succeeded' : 'Failed'}, Id=${invocationId}, Duration=${Math.round(performance.now() - startedAt)}ms)`
    if (result.ok) this.#log('debug', ended)
    else this.#log('error', `${ended} ${toReason(result)}`)
    return result
  }

  /** The durable client input, for functions that ask for it. */
  #clientInputs({ metadata }: TriggeredFunction): Invocation['inputData'] {
    const bindings = metadata.bindings.filter((binding) => binding.type.toLowerCase() === 'durableclient')
    const durable = this.#listeners.get('durabletask') as DurableListener | undefined
    if (bindings.length === 0) return []
    if (!durable)
      throw new HostError(
        `Function "${metadata.name}" has a durable client, but the app has no durable functions.`,
      )
    return bindings.map((binding) => ({ name: binding.name, data: { string: durable.hub.clientBinding() } }))
  }
}

/** The functions to run: those with one known trigger, not disabled, and asked for. */
function chooseFunctions(
  all: readonly TriggeredFunction['metadata'][],
  { config, only, log }: { config: AppConfig; only: readonly string[] | undefined; log: Log },
): TriggeredFunction[] {
  const wanted = only ?? config.onlyFunctions
  const known = new Set(triggerKinds.flatMap((kind) => kind.types))
  return all.flatMap((metadata) => {
    const disabled = config.settings[`AzureWebJobs.${metadata.name}.Disabled`]
    if (disabled === 'true' || disabled === '1' || (wanted && !wanted.includes(metadata.name))) return []
    const trigger = metadata.bindings.find((binding) => /trigger$/i.test(binding.type))
    if (!trigger) {
      log('error', `Function "${metadata.name}" has no trigger and is left out.`)
      return []
    }
    if (!known.has(trigger.type.toLowerCase()))
      throw new NotImplementedError(`Function "${metadata.name}": the trigger "${trigger.type}"`)
    checkBindings(metadata)
    return [{ metadata, trigger }]
  })
}

async function listen(server: Server, port: number, hostname: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new HostError(`Port ${port} is taken. End what uses it, or choose another one.`)
          : error,
      )
    })
    server.listen(port, hostname, resolve)
  })
}

/** Why a function failed, for the log. An orchestrator's failure carries its whole state behind the message. */
function toReason(failure: { message: string; stack: string }): string {
  const text = failure.stack.includes(failure.message) ? failure.stack : failure.message
  return text.split('$OutOfProcData$')[0]?.trim().slice(0, 2000) ?? ''
}
