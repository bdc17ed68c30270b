import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'

import type { AppConfig } from './config/app-config.ts'
import { chooseFunctions } from './choose-functions.ts'
import { disconnect } from './storage/connections.ts'
import { HostError } from './errors.ts'
import { Invoker } from './invoker.ts'
import type { JobHostOptions } from './job-host-options.ts'
import { listenToKind } from './listen-to-kind.ts'
import type { Log } from './logging/log.ts'
import { opensDebugger, workersOf } from './spawn-worker.ts'
import { gatherDemands } from './instances/gather-demands.ts'
import type { InstanceFigures } from './instances/instance-figures.ts'
import type {
  Backlog,
  Demand,
  HandInput,
  InvocationRequest,
  Listener,
  TriggerContext,
  TriggeredFunction,
  TriggerKind,
} from './trigger.ts'
import { loadTriggerKinds } from './trigger-kinds.ts'
import type { InvocationResult } from './worker/function-worker.ts'
import type { Binding } from './worker/protocol.ts'
import { readWorkerCount } from './config/worker-count.ts'
import { WorkerPool } from './worker/worker-pool.ts'

/** Grace for a worker's goodbye, ms. */
const goodbyeMs = 5000

/** All functions of one kind, listening. */
interface RunningKind {
  readonly kind: TriggerKind
  readonly listener: Listener
  started: Promise<void>
  drained: Promise<void> | undefined
}

/** What of an app is made anew when it restarts: its configuration, its workers, its functions and their listeners. */
export class JobHost {
  readonly config: AppConfig
  readonly log: Log
  #functions: readonly TriggeredFunction[]
  readonly #pool: WorkerPool
  readonly #drainMs: number
  readonly #invoker: Invoker
  readonly #kinds = new Map<string, RunningKind>()
  /** Binding types by which functions use a listener -> its name. */
  readonly #clients = new Map<string, string>()
  #drained: Promise<void> | undefined
  #isDraining = false
  #hasEnded = false
  readonly #opensDebugger: boolean

  private constructor(options: JobHostOptions, pool: WorkerPool, functions: readonly TriggeredFunction[]) {
    this.config = options.config
    this.#functions = functions
    this.log = options.log
    this.#pool = pool
    this.#drainMs = options.host.drainMs
    this.#opensDebugger = opensDebugger(options.config, options.host)
    this.#invoker = new Invoker({
      config: options.config,
      log: options.log,
      metrics: options.metrics,
      clock: options.host.clock,
      run: (invocation, { worker, isAlone }) =>
        isAlone ? this.#pool.invokeAlone(invocation) : this.#pool.invoke(invocation, worker),
      clientOf: (binding) => this.#clientOf(binding),
      onWritten: (queue) => this.wake(queue),
    })
  }

  /**
   * Loads the code of an app and makes its listeners; nothing is listened to yet. `before`: the job host whose place it
   * takes, which holds the port of the debugger until it ends. @throws HostError
   */
  static async load(options: JobHostOptions, before?: JobHost): Promise<JobHost> {
    const { config, log, only, host, signal, chaos } = options
    let job: JobHost | undefined
    const { pool, worker } = await WorkerPool.start({
      appName: config.name,
      spawnFor: workersOf(config, log, {
        ...host,
        isDebuggerTaken: () => before !== undefined && !before.#hasEnded,
      }),
      log,
      clock: host.clock,
      chaos,
      // Whoever debugs holds a worker up.
      instances: opensDebugger(config, host)
        ? { ...config.instances, hangMs: Number.POSITIVE_INFINITY }
        : config.instances,
      demands: async () => (job ? job.#demands() : []),
      // A custom handler is one program, as in Azure.
      workerCount: config.customHandler ? 1 : readWorkerCount(config.settings),
      functionTimeoutMs: config.functionTimeoutMs,
      signal,
    })
    try {
      const kinds = await loadTriggerKinds(worker.functions)
      job = new JobHost(options, pool, chooseFunctions(worker.functions, { config, only, log, kinds }))
      await job.#makeListeners(kinds, options)
      return job
    } catch (error) {
      await pool.kill()
      await disconnect(config.settings)
      throw error
    }
  }

  /**
   * Starts to listen. @throws HostError when a listener cannot
   *
   * Where another job host of the app ends, kinds of triggers that cannot overlap start when theirs has drained there;
   * the others, and requests, do not wait for it, and what cannot start is left to the log.
   */
  async start(ending?: JobHost): Promise<void> {
    for (const running of this.#kinds.values()) {
      const { kind, listener } = running
      const before = ending && !kind.mayOverlap ? ending.#drainedOf(kind) : undefined
      running.started = before ? before.then(() => listener.start()) : listener.start()
      if (ending) running.started.catch((error: Error) => this.log('error', error.message))
      if (!ending) await running.started
    }
  }

  /** Whether triggers other than HTTP take nothing new in. */
  get isDraining(): boolean {
    return this.#isDraining
  }

  /** The functions that run: those that could be indexed and are not disabled. */
  get functions(): readonly TriggeredFunction[] {
    return this.#functions.filter(({ isDisabled }) => !isDisabled)
  }

  /** The functions that are disabled. */
  get disabledFunctions(): readonly TriggeredFunction[] {
    return this.#functions.filter(({ isDisabled }) => isDisabled)
  }

  /** Whether the app has registered any that could be indexed. */
  get hasFunctions(): boolean {
    return this.#functions.length > 0
  }

  /** The listener of this name: that of its webhook, else its first binding type. */
  listener(name: string): Listener | undefined {
    return this.#kinds.get(name)?.listener
  }

  /** Waits until the listener of this name has started. */
  async hasStarted(name: string): Promise<void> {
    await this.#kinds.get(name)?.started
  }

  /** A source (queue or container name) has something new. */
  wake(source: string, item?: string): void {
    for (const { listener } of this.#kinds.values()) listener.wake?.(source, item)
  }

  /** Has whichever function it is for answer a request; false, at once, when there is none. */
  handleRequest(request: IncomingMessage, response: ServerResponse): false | Promise<void> {
    for (const { listener } of this.#kinds.values()) {
      const answering = listener.handleRequest?.(request, response)
      if (answering) return answering
    }
    return false
  }

  /** Runs a function; never throws. */
  invoke(target: TriggeredFunction, request: InvocationRequest): Promise<InvocationResult> {
    return this.#invoker.invoke(target, request)
  }

  /** Runs a function for a text that somebody gave by hand. @throws HostError for a text that is nothing to the function, and for a function that nobody can run so */
  async invokeByHand(
    target: TriggeredFunction,
    invocationId: string,
    text: string,
  ): Promise<InvocationResult> {
    const { metadata, trigger } = target
    const running = [...this.#kinds.values()].find(({ kind }) =>
      kind.types.includes(trigger.type.toLowerCase()),
    )
    let input: HandInput | undefined
    try {
      input = await running?.listener.fromText?.(target, text)
    } catch (error) {
      throw new HostError(
        `The function "${metadata.name}" cannot be run by hand: ${(error as Error).message}`,
      )
    }
    const reason = 'This function was programmatically called via the host APIs.'
    return this.invoke(target, { data: { string: text }, ...input, invocationId, reason })
  }

  /** What waits for functions, of every kind that can tell. */
  async backlogs(): Promise<readonly Backlog[]> {
    const listeners = [...this.#kinds.values()].map(({ listener }) => listener)
    return (await Promise.all(listeners.map(async (listener) => (await listener.backlog?.()) ?? []))).flat()
  }

  /** What is known of each instance of the app. */
  get instances(): readonly InstanceFigures[] {
    return this.#pool.instances
  }

  /** What goes on by itself, a line each: functions that run, and what the listeners are at. None: the app is at rest. */
  busyWith(): readonly string[] {
    const listeners = [...this.#kinds.values()].map(({ listener }) => listener)
    return [
      ...this.#invoker.running.map((name) => `the function ${name}`),
      ...listeners.flatMap((listener) => listener.busyWith?.() ?? []),
    ]
  }

  /** How often functions have run. */
  get runCount(): number {
    return this.#invoker.runCount
  }

  /** Lines of the start-up list. */
  describe(): string[] {
    const described = [...this.#kinds.values()].filter(({ listener }) => listener.describe !== undefined)
    const others = this.functions.filter(
      ({ trigger }) => !described.some(({ kind }) => kind.types.includes(trigger.type.toLowerCase())),
    )
    return [
      ...described.flatMap(({ listener }) => listener.describe?.() ?? []),
      ...others.map(({ metadata, trigger }) => `${metadata.name}: ${trigger.type}`),
    ]
  }

  /** Takes nothing new in, and lets what runs end within the time for it; what still runs then is given back. */
  drain(): Promise<void> {
    this.#drained ??= this.#drain()
    return this.#drained
  }

  /**
   * Takes nothing new in by itself: every kind but HTTP drains, and those that other functions use. What runs may take
   * its time.
   */
  async drainTriggers(): Promise<void> {
    this.#isDraining = true
    const kinds = [...this.#kinds.values()].filter(
      ({ kind, listener }) => !listener.handleRequest && !kind.drainsLast,
    )
    await Promise.all(kinds.map((running) => this.#drainKind(running)))
  }

  /** Ends the workers, and the connections to what the functions listen to. */
  async end(): Promise<void> {
    await this.#pool.close(goodbyeMs)
    this.#hasEnded = true
    await disconnect(this.config.settings)
  }

  /** Has the worker open the port of the debugger that it had to leave to the one before. */
  async openDebugger(): Promise<void> {
    if (!this.#opensDebugger) return
    const worker = this.#pool.anyWorker
    try {
      // What Node listens to for this.
      if (worker?.pid !== undefined) process.kill(worker.pid, 'SIGUSR1')
    } catch {
      // A worker that has just died has a successor that opens it by itself.
    }
  }

  #demands(): Promise<Demand[]> {
    return gatherDemands({
      kinds: [...this.#kinds.values()],
      functions: this.#functions,
      countRuns: (isCounted) => this.#pool.countRuns(isCounted),
      runsPerInstance: this.config.instances.httpConcurrency,
    })
  }

  async #drain(): Promise<void> {
    const timer = setTimeout(() => {
      this.log('warning', `What still ran after ${this.#drainMs} ms is given back.`)
      void this.#pool.kill()
    }, this.#drainMs)
    // A listener that cannot tell its end must not keep the host from its own.
    const patience = new AbortController()
    await Promise.race([
      this.#drainKinds(),
      delay(this.#drainMs + goodbyeMs, undefined, { signal: patience.signal }).catch(() => {}),
    ])
    patience.abort()
    clearTimeout(timer)
  }

  /**
   * Kinds that other functions use while they run end after the others, and after what nobody listens for any more, such
   * as a call by the admin door.
   */
  async #drainKinds(): Promise<void> {
    const [last, first] = [true, false].map((isLast) =>
      [...this.#kinds.values()].filter(({ kind }) => (kind.drainsLast === true) === isLast),
    )
    const drainAll = (kinds: readonly RunningKind[] = []): Promise<unknown> =>
      Promise.all(kinds.map((running) => this.#drainKind(running)))
    await drainAll(first)
    await this.#invoker.settle()
    await drainAll(last)
  }

  /** Never rejects: what goes wrong with one kind must not keep the others, and the workers, from their end. */
  #drainKind(running: RunningKind): Promise<void> {
    running.drained ??= running.started
      .catch(() => {})
      .then(() => running.listener.drain())
      .catch((error: Error) => this.log('error', `${running.kind.types[0]}: ${error.message}`))
    return running.drained
  }

  /** When the listeners of a kind have drained; at the latest when all have. */
  async #drainedOf(kind: TriggerKind): Promise<void> {
    const running = [...this.#kinds.values()].find((other) => other.kind === kind)
    if (running) await Promise.race([running.drained ?? this.drain(), this.drain()])
  }

  /** What an input binding of this type, such as `durableClient`, gives a function; undefined where nothing serves it. */
  clientInput(type: string): Promise<string> | undefined {
    return this.#clientOf({ type })?.()
  }

  #clientOf({ type }: Pick<Binding, 'type'>): (() => Promise<string>) | undefined {
    const name = this.#clients.get(type.toLowerCase())
    if (name === undefined) return undefined
    return async () => {
      // One that could not start has said so; what is done with the input fails, and says it again.
      await this.hasStarted(name).catch(() => {})
      const input = this.listener(name)?.clientInput?.()
      if (input === undefined)
        throw new HostError(
          `The binding "${type}" has nothing to use: what it is for could not be set up, as the log says.`,
        )
      return input
    }
  }

  async #makeListeners(
    kinds: readonly TriggerKind[],
    { config, keys, log, stateDirectory, instanceName, baseUrl, host, chaos }: JobHostOptions,
  ): Promise<void> {
    const context: TriggerContext = {
      config,
      keys,
      log,
      stateDirectory,
      instanceName,
      clock: host.clock,
      chaos,
      baseUrl,
      worker: (functionId) => this.#pool.current(functionId),
      width: () => this.#pool.width,
      invoke: (target, request) => this.invoke(target, request),
    }
    for (const kind of kinds) {
      const own = this.#functions.filter(
        ({ trigger, isDisabled }) =>
          kind.types.includes(trigger.type.toLowerCase()) && (kind.takesDisabled || !isDisabled),
      )
      const isUsed = this.#functions.some(({ metadata }) =>
        metadata.bindings.some(({ type }) => kind.clientTypes?.includes(type.toLowerCase())),
      )
      const name = kind.webhook ?? kind.types[0] ?? ''
      for (const type of kind.clientTypes ?? []) this.#clients.set(type, name)
      const { functions, listener } = await listenToKind(kind, own, context, { isUsed })
      this.#functions = this.#functions.filter(
        (target) => !own.includes(target) || functions.includes(target),
      )
      // Whoever calls the webhook needs its key, and can only be given one that is there.
      if (listener && kind.webhook && keys.isEnforced) keys.systemKey(kind.webhook)
      if (listener)
        this.#kinds.set(name, {
          kind,
          listener,
          started: Promise.resolve(),
          drained: undefined,
        })
    }
  }
}
