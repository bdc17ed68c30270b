import { randomUUID } from 'node:crypto'

import type { AppConfig } from './config/app-config.ts'
import { FunctionBindings } from './bindings/function-bindings.ts'
import type { FunctionMetrics } from './metrics/function-metrics.ts'
import { InvocationLog } from './logging/invocation-log.ts'
import type { Log } from './logging/log.ts'
import type { AppMetrics } from './metrics/app-metrics.ts'
import type { Clock } from './time/clock.ts'
import { newTraceParent } from './trace-parent.ts'
import type { InvocationRequest, TriggeredFunction } from './trigger.ts'
import type { FunctionWorker, InvocationResult } from './worker/function-worker.ts'
import type { Binding, FunctionMetadata, Invocation } from './worker/protocol.ts'

/** What one app's invocations need. */
export interface InvokerOptions {
  readonly config: AppConfig
  readonly log: Log
  readonly metrics: AppMetrics
  readonly clock: Clock
  /** Runs an invocation in a worker. */
  readonly run: (
    invocation: Invocation,
    where: { readonly worker?: FunctionWorker | undefined; readonly isAlone: boolean },
  ) => Promise<InvocationResult>
  /** Reads the input of a binding by which a function uses a listener of another kind; undefined for any other binding. */
  readonly clientOf: (binding: Binding) => (() => Promise<string>) | undefined
  /** A queue got something new from an output binding. */
  readonly onWritten: (queue: string) => void
}

/** What is known of a function before it runs. */
interface PreparedFunction {
  readonly bindings: FunctionBindings
  readonly log: InvocationLog
  readonly metrics: FunctionMetrics
  readonly clients: readonly Client[]
}

/** A binding by which a function uses a listener. */
interface Client {
  readonly name: string
  readonly read: () => Promise<string>
}

/** What runs, with what waits for its end, if anything does. */
interface Run {
  readonly functionName: string
  ended: PromiseWithResolvers<void> | undefined
}

/** Runs invocations of one app: gathers the inputs, runs the function, writes its outputs, and logs and counts it. */
export class Invoker {
  readonly #options: InvokerOptions
  readonly #prepared = new WeakMap<FunctionMetadata, PreparedFunction>()
  readonly #running = new Set<Run>()
  #runCount = 0

  constructor(options: InvokerOptions) {
    this.#options = options
  }

  /** Runs a function. Never throws: a failure is a result. Outputs have been written when it succeeded. */
  async invoke(target: TriggeredFunction, request: InvocationRequest): Promise<InvocationResult> {
    const { log, metrics, clients, bindings } = this.#prepare(target.metadata)
    const invocationId = request.invocationId ?? randomUUID()
    const run: Run = { functionName: target.metadata.name, ended: undefined }
    this.#running.add(run)
    this.#runCount += 1
    metrics.begin()
    const startedMs = performance.now()
    log.begin(request, invocationId)
    let result: InvocationResult
    try {
      const inputs = [{ name: target.trigger.name, data: request.data }]
      for (const { name, read } of clients) inputs.push({ name, data: { string: await read() } })
      if (bindings.hasInputs) inputs.push(...(await bindings.read(request)))
      result = await this.#options.run(
        {
          invocationId,
          functionId: target.metadata.id,
          inputData: inputs,
          triggerMetadata: request.triggerMetadata ?? {},
          traceContext: { traceParent: request.traceParent ?? newTraceParent() },
          ...(request.retryContext ? { retryContext: request.retryContext } : {}),
        },
        { worker: request.worker, isAlone: request.isAlone === true },
      )
      if (result.ok && bindings.hasOutputs)
        for (const queue of await bindings.write(result, request)) this.#options.onWritten(queue)
    } catch (error) {
      // An input or output binding: each names itself.
      result = { ok: false, message: (error as Error).message, stack: '' }
    }
    const durationMs = performance.now() - startedMs
    log.end(result, invocationId, durationMs)
    metrics.end(durationMs, this.#options.clock.now(), result.ok ? undefined : result.message)
    this.#running.delete(run)
    run.ended?.resolve()
    return result
  }

  /** The functions that run now, one name for each run. */
  get running(): readonly string[] {
    return [...this.#running].map(({ functionName }) => functionName)
  }

  /** Runs that have begun. */
  get runCount(): number {
    return this.#runCount
  }

  /** Waits for what runs now; not for what begins later. */
  async settle(): Promise<void> {
    await Promise.all(
      [...this.#running].map((run) => {
        run.ended ??= Promise.withResolvers()
        return run.ended.promise
      }),
    )
  }

  #prepare(metadata: FunctionMetadata): PreparedFunction {
    const known = this.#prepared.get(metadata)
    if (known) return known
    const prepared = {
      bindings: new FunctionBindings(metadata, this.#options),
      log: new InvocationLog(metadata.name, this.#options.log),
      metrics: this.#options.metrics.of(metadata.name),
      clients: metadata.bindings.flatMap((binding) => {
        const read = this.#options.clientOf(binding)
        return read ? [{ name: binding.name, read }] : []
      }),
    }
    this.#prepared.set(metadata, prepared)
    return prepared
  }
}
