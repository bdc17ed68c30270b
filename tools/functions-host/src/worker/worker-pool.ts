import type { Chaos } from '../chaos/chaos.ts'
import type { InstanceSettings } from '../config/instance-settings.ts'
import type { InstanceFigures } from '../instances/instance-figures.ts'
import { InstanceSet } from '../instances/instance-set.ts'
import type { Log } from '../logging/log.ts'
import type { Clock } from '../time/clock.ts'
import { formatTimeSpan } from '../time/time-span.ts'
import type { Demand } from '../trigger.ts'
import type { FunctionWorker, InvocationResult } from './function-worker.ts'
import { lostResult } from './function-worker.ts'
import type { FunctionMetadata, Invocation } from './protocol.ts'
import { TimeLimit } from './time-limit.ts'
import type { SpawnWorker } from './worker-slot.ts'

/** How long a run goes on before chaos kills its instance, ms. */
const killedAfterMs = 5

/** What the pool needs of its app. */
export interface WorkerPoolOptions {
  readonly appName: string
  /** How the workers of an instance are started, by its id. */
  readonly spawnFor: (instanceId: string) => SpawnWorker
  readonly log: Log
  readonly clock: Clock
  readonly chaos: Chaos
  readonly instances: InstanceSettings
  /** Number of workers of each instance, which share its invocations. */
  readonly workerCount: number
  /** What there is to do, beside what runs. */
  readonly demands: () => Promise<readonly Demand[]>
  /** Longest run of a function, ms; a function past it is killed with its worker. Infinity: none. */
  readonly functionTimeoutMs: number
  /** Gives up the start. */
  readonly signal?: AbortSignal | undefined
}

/** A run of a function, and where, once that is known. */
interface Run {
  readonly invocation: Invocation
  worker: FunctionWorker | undefined
}

/** Runs the invocations of one app on its instances. */
export class WorkerPool {
  readonly #options: WorkerPoolOptions
  readonly #instances: InstanceSet
  readonly #runs = new Set<Run>()
  readonly #timeLimit: TimeLimit
  /** The limit as the log names it. */
  readonly #limitText: string
  #functions: readonly FunctionMetadata[] = []
  #lastAlone: Promise<unknown> = Promise.resolve()

  private constructor(options: WorkerPoolOptions) {
    this.#options = options
    const { functionTimeoutMs } = options
    this.#timeLimit = new TimeLimit(functionTimeoutMs)
    this.#limitText = Number.isFinite(functionTimeoutMs) ? formatTimeSpan(functionTimeoutMs) : ''
    this.#instances = new InstanceSet({
      ...options,
      settings: options.instances,
      demands: () => this.#demands(),
      runsOf: (worker) => this.#runsOf(worker),
    })
  }

  /** Starts the instances that run from the first, one at least. @throws HostError when the app cannot be loaded */
  static async start(options: WorkerPoolOptions): Promise<{ pool: WorkerPool; worker: FunctionWorker }> {
    const pool = new WorkerPool(options)
    try {
      await pool.#instances.start(options.signal)
    } catch (error) {
      await pool.kill()
      throw error
    }
    const worker = await pool.current()
    pool.#functions = worker.functions
    return { pool, worker }
  }

  /** Number of instances that run or start, one at least: how many times over the limits of one instance hold. */
  get width(): number {
    return Math.max(this.#instances.count, 1)
  }

  /** What is known of each instance, in the order of their numbers. */
  get instances(): readonly InstanceFigures[] {
    return this.#instances.figures
  }

  /** A worker that runs now, if there is one. */
  get anyWorker(): FunctionWorker | undefined {
    return this.#instances.workers[0]
  }

  /** How many invocations run, or wait for a worker, of functions that this holds for. */
  countRuns(isCounted: (functionId: string) => boolean): number {
    let count = 0
    for (const { invocation } of this.#runs) if (isCounted(invocation.functionId)) count += 1
    return count
  }

  /** The worker with the least to do, or the next one that is there; `functionId`: what it is for. Rejects when the pool closes. */
  current(functionId?: string): FunctionWorker | Promise<FunctionWorker> {
    return this.#instances.current(() => this.#describe(functionId))
  }

  /** Runs a function on the worker with the least to do, or on a given one; past the time-out that is killed, and the result says so. */
  async invoke(invocation: Invocation, given?: FunctionWorker): Promise<InvocationResult> {
    const run: Run = { invocation, worker: undefined }
    this.#runs.add(run)
    try {
      const current = given && this.#mayUse(given) ? given : this.current(invocation.functionId)
      const worker = current instanceof Promise ? await current.catch(() => undefined) : current
      if (!worker) return { ...lostResult(''), message: 'The host is closing.' }
      run.worker = worker
      const instance = this.#instances.instanceOf(worker)
      instance?.begin()
      try {
        return await this.#invokeOn(worker, invocation)
      } finally {
        instance?.end()
      }
    } finally {
      this.#runs.delete(run)
    }
  }

  /** Runs a function in an instance of its own, which ends with it; one such after the other. */
  invokeAlone(invocation: Invocation): Promise<InvocationResult> {
    const alone = this.#lastAlone.then(() => this.#invokeAlone(invocation))
    this.#lastAlone = alone
    return alone
  }

  /** Ends the workers at once, and for good; what they were running is lost. */
  async kill(): Promise<void> {
    await this.#instances.kill()
    this.#timeLimit.close()
  }

  /** Ends the workers. */
  async close(graceMs: number): Promise<void> {
    await this.#instances.close(graceMs)
    this.#timeLimit.close()
  }

  async #invokeAlone(invocation: Invocation): Promise<InvocationResult> {
    const run: Run = { invocation, worker: undefined }
    this.#runs.add(run)
    try {
      return await this.#instances.runAlone(this.#describe(invocation.functionId), (worker) => {
        run.worker = worker
        return this.#invokeOn(worker, invocation)
      })
    } catch (error) {
      return lostResult((error as Error).message)
    } finally {
      this.#runs.delete(run)
    }
  }

  async #invokeOn(worker: FunctionWorker, invocation: Invocation): Promise<InvocationResult> {
    let hasTimedOut = false
    const run = this.#timeLimit.begin(() => {
      hasTimedOut = true
      this.#options.log(
        'error',
        `Timeout value of ${this.#limitText} exceeded by function 'Functions.${invocation.functionId}' (Id: '${invocation.invocationId}'). Initiating cancellation.`,
      )
      worker.kill()
    })
    const running = worker.invoke(invocation)
    if (this.#options.chaos.strikes('instance killed', () => this.#subjectOf(invocation)))
      setTimeout(() => worker.kill(), killedAfterMs)
    const result = await running
    this.#timeLimit.end(run)
    // The function's own fault, so it counts as a failure; whatever else that worker was running is lost.
    return hasTimedOut && !result.ok
      ? {
          ok: false,
          stack: '',
          message: `Timeout value of ${this.#limitText} was exceeded by function: Functions.${invocation.functionId}`,
        }
      : result
  }

  /** Whether a worker that was chosen a while ago still is the one: only it has the request, or it takes invocations as before. */
  #mayUse(given: FunctionWorker): boolean {
    return (
      given.httpUri !== undefined ||
      given.adoptRequest !== undefined ||
      this.#instances.instanceOf(given) !== undefined
    )
  }

  async #demands(): Promise<Demand[]> {
    const running = { source: 'what runs', count: Math.min(this.#runs.size, 1), perInstance: 1 }
    return [...(await this.#options.demands()), running]
  }

  #runsOf(worker: FunctionWorker): string[] {
    const runs = [...this.#runs].filter((run) => run.worker === worker)
    return runs.map(
      ({ invocation }) => `${this.#find(invocation.functionId)?.name} (Id: '${invocation.invocationId}')`,
    )
  }

  #describe(functionId: string | undefined): string {
    const metadata = this.#find(functionId)
    const trigger = metadata?.bindings.find(({ type }) => /trigger$/i.test(type))
    return metadata ? `the function "${metadata.name}" (${trigger?.type})` : 'what is to come'
  }

  /** A run in words that are the same in each round. The history of an orchestration is not, nor the batch of an entity. */
  #subjectOf({ functionId, inputData }: Invocation): string {
    const metadata = this.#find(functionId)
    const data = metadata?.bindings.some(({ type }) => /^(?:orchestration|entity)trigger$/i.test(type))
      ? undefined
      : inputData[0]?.data
    return `${metadata?.name} ${data?.string ?? data?.json ?? data?.http?.url ?? ''}`.trim()
  }

  #find(functionId: string | undefined): FunctionMetadata | undefined {
    return this.#functions.find(({ id }) => id === functionId)
  }
}
