import type { InstanceSettings } from '../config/instance-settings.ts'
import type { Log } from '../logging/log.ts'
import type { Clock } from '../time/clock.ts'
import type { FunctionWorker } from '../worker/function-worker.ts'
import type { Demand } from '../trigger.ts'
import type { SpawnWorker, WorkerSlot } from '../worker/worker-slot.ts'
import { Autoscaler } from './autoscaler.ts'
import { Heartbeat } from './heartbeat.ts'
import { Instance, newInstanceId } from './instance.ts'
import type { InstanceFigures } from './instance-figures.ts'
import { figuresOf } from './instance-figures.ts'

/** Grace for the goodbye of an instance that is not needed any more, ms. */
const goodbyeMs = 5000

const category = 'Host.Scale'

/** What the instances of an app need. */
export interface InstanceSetOptions {
  readonly appName: string
  readonly settings: InstanceSettings
  /** Number of workers of each instance, which share its invocations. */
  readonly workerCount: number
  /** How the workers of an instance are started, by its id. */
  readonly spawnFor: (instanceId: string) => SpawnWorker
  readonly log: Log
  readonly clock: Clock
  /** What there is to do. */
  readonly demands: () => Promise<readonly Demand[]>
  /** What a worker runs now, for the log. */
  readonly runsOf: (worker: FunctionWorker) => readonly string[]
}

/** The instances of one app: as many as it is to have, each replaced when it dies or hangs, while the others go on. */
export class InstanceSet {
  readonly #options: InstanceSetOptions
  readonly #instances = new Set<Instance>()
  readonly #instanceOf = new WeakMap<FunctionWorker, Instance>()
  readonly #heartbeat: Heartbeat
  readonly #autoscaler: Autoscaler
  readonly #closing = new AbortController()

  constructor(options: InstanceSetOptions) {
    this.#options = options
    this.#heartbeat = new Heartbeat({
      hangMs: options.settings.hangMs,
      workers: () => [...this.#instances].flatMap(({ workers }) => workers),
      onHung: (worker) => this.#endHung(worker),
    })
    this.#autoscaler = new Autoscaler({
      settings: options.settings,
      clock: options.clock,
      count: () => this.count,
      demands: options.demands,
      resize: (count, busiest) => this.#resize(count, busiest),
    })
  }

  /** Starts the instances that run from the first: the least number, and one in any case, which tells what functions there are. @throws HostError when the app cannot be loaded */
  async start(signal?: AbortSignal): Promise<void> {
    const count = Math.max(this.#options.settings.least, 1)
    const instances = Array.from({ length: count }, () => this.#add({ triesOnce: true }))
    await Promise.all(instances.map((instance) => instance.started(signal)))
  }

  /** Number of instances that run or start, without those that end. */
  get count(): number {
    let count = 0
    for (const { isEnding } of this.#instances) if (!isEnding) count += 1
    return count
  }

  /** What is known of each instance, in the order of their numbers. */
  get figures(): readonly InstanceFigures[] {
    return [...this.#instances]
      .toSorted((one, other) => one.number - other.number)
      .map((instance) => figuresOf(instance, this.#heartbeat))
  }

  /** Workers that are there. */
  get workers(): readonly FunctionWorker[] {
    return [...this.#instances].flatMap(({ workers }) => workers)
  }

  /** The worker with the least to do, or the next one that is there; `purpose`: what it is for. Rejects when the instances end for good. */
  current(purpose: () => string): FunctionWorker | Promise<FunctionWorker> {
    this.#autoscaler.tell()
    let least:
      | { readonly instance: Instance; readonly slot: WorkerSlot; readonly running: number }
      | undefined
    for (const instance of this.#instances) {
      if (instance.isEnding) continue
      const slot = instance.leastBusy
      const running = slot?.ready?.running
      if (slot && running !== undefined && (!least || running < least.running))
        least = { instance, slot, running }
    }
    const worker = least?.slot.useNow()
    if (!worker) return this.#next(purpose)
    least?.instance.choose()
    return worker
  }

  /** The instance of a worker that takes invocations; undefined when it has ended, or is about to. */
  instanceOf(worker: FunctionWorker): Instance | undefined {
    const instance = this.#instanceOf.get(worker)
    return instance?.isEnding === false && instance.has(worker) ? instance : undefined
  }

  /** Has a worker of an instance that takes nothing else, and that ends then, do something. @throws Error when it does not start */
  async runAlone<Result>(purpose: string, run: (worker: FunctionWorker) => Promise<Result>): Promise<Result> {
    const instance = this.#add({ purpose: `${purpose}, which runs alone`, triesOnce: true })
    instance.reserve()
    try {
      await instance.started(this.#closing.signal)
      const [worker] = instance.workers
      if (!worker) throw new Error('its worker ended at once')
      return await run(worker)
    } finally {
      await instance.kill()
      this.#instances.delete(instance)
    }
  }

  /** Ends all at once, and for good; what they were running is lost. */
  async kill(): Promise<void> {
    this.#close()
    await Promise.all([...this.#instances].map((instance) => instance.kill()))
  }

  /** Ends all, for good. */
  async close(graceMs: number): Promise<void> {
    this.#close()
    await Promise.all([...this.#instances].map((instance) => instance.close(graceMs)))
  }

  #close(): void {
    this.#closing.abort()
    this.#autoscaler.close()
    this.#heartbeat.close()
  }

  async #next(purpose: () => string): Promise<FunctionWorker> {
    if (this.#closing.signal.aborted) throw new Error('The host is closing.')
    if (this.count === 0) this.#add({ purpose: purpose() })
    const coming = [...this.#instances].filter(({ isEnding }) => !isEnding)
    try {
      await Promise.any(coming.map((instance) => instance.ready()))
    } catch (error) {
      if (this.#closing.signal.aborted) throw error
    }
    return this.current(purpose)
  }

  /** Starts one more; `purpose`: what it is for, where it was not there from the first. */
  #add({
    purpose,
    triesOnce = false,
  }: {
    readonly purpose?: string
    readonly triesOnce?: boolean
  }): Instance {
    const { settings, workerCount, spawnFor, log, appName } = this.#options
    const taken = new Set([...this.#instances].map((other) => other.number))
    let number = 1
    while (taken.has(number)) number += 1
    const id = newInstanceId()
    let isTold = purpose === undefined
    const instance = new Instance(
      {
        number,
        id,
        workerCount,
        spawn: spawnFor(id),
        log,
        workerName: settings.most === 1 ? 'The worker' : `The worker of instance ${number}`,
        onReady: (worker, startMs) => {
          this.#instanceOf.set(worker, instance)
          if (isTold) return
          isTold = true
          log(
            'info',
            `Cold start: instance ${number} of "${appName}" ready in ${startMs} ms, for ${purpose}.`,
            'Host.Lifecycle',
          )
        },
      },
      { triesOnce },
    )
    this.#instances.add(instance)
    return instance
  }

  #resize(count: number, busiest: Demand | undefined): void {
    const purpose = busiest ? `${busiest.source}: ${busiest.count} to do` : 'what is to come'
    for (let more = count - this.count; more > 0; more -= 1) this.#add({ purpose })
    const unneeded = [...this.#instances]
      .filter(({ isEnding }) => !isEnding)
      .toSorted((one, other) => one.running - other.running || other.number - one.number)
      .slice(0, Math.max(this.count - count, 0))
    for (const instance of unneeded) void this.#retire(instance)
  }

  async #retire(instance: Instance): Promise<void> {
    const { log, appName, settings } = this.#options
    log(
      'info',
      `Instance ${instance.number} of "${appName}" ends: there was less to do for ${settings.idleMs / 1000} s.`,
      category,
    )
    try {
      await instance.retire(goodbyeMs, this.#closing.signal)
      this.#instances.delete(instance)
    } catch {
      // All end, this one among them.
    }
  }

  #endHung(worker: FunctionWorker): void {
    const { log, appName, settings, runsOf } = this.#options
    const runs = runsOf(worker)
    const fault = `no answer for ${settings.hangMs / 1000} s`
    log(
      'error',
      `Instance ${this.#instanceOf.get(worker)?.number} of "${appName}" (process ${worker.pid}) hangs, ${fault}: code that does not end may block it. It is killed, and another worker starts. It was running: ${runs.join(', ') || 'no function'}.`,
      category,
    )
    worker.kill(fault)
  }
}
