import { randomUUID } from 'node:crypto'

import type { AppConfig } from './config/app-config.ts'
import { FunctionBindings } from './bindings/function-bindings.ts'
import { HostError } from './errors.ts'
import type { Log } from './logging/log.ts'
import { newTraceParent } from './trace-parent.ts'
import type { InvocationRequest, TriggeredFunction } from './trigger.ts'
import type { DurableListener } from './triggers/durable/durable-trigger.ts'
import type { FunctionWorker, InvocationResult } from './worker/function-worker.ts'
import type { FunctionMetadata, Invocation } from './worker/protocol.ts'

/** What one app's invocations need. */
export interface InvokerOptions {
  readonly config: AppConfig
  readonly log: Log
  /** Runs an invocation in a worker. */
  readonly run: (invocation: Invocation, worker?: FunctionWorker) => Promise<InvocationResult>
  readonly durable: () => DurableListener | undefined
  /** A queue got something new from an output binding. */
  readonly onWritten: (queue: string) => void
}

/** Runs invocations of one app: gathers the inputs, runs the function, writes its outputs, and logs it as tools expect. */
export class Invoker {
  readonly #options: InvokerOptions
  readonly #bindings = new WeakMap<FunctionMetadata, FunctionBindings>()

  constructor(options: InvokerOptions) {
    this.#options = options
  }

  /** Runs a function. Never throws: a failure is a result. Outputs have been written when it succeeded. */
  async invoke(target: TriggeredFunction, request: InvocationRequest): Promise<InvocationResult> {
    const { log } = this.#options
    const { name } = target.metadata
    const invocationId = request.invocationId ?? randomUUID()
    const startedAt = performance.now()
    const category = `Function.${name}`
    log('info', `Executing 'Functions.${name}' (Reason='${request.reason}', Id=${invocationId})`, category)
    if (request.triggerDetails) log('info', toDetails(request.triggerDetails), category)
    const result = await this.#run(target, request, invocationId)
    const ended = `Executed 'Functions.${name}' (${result.ok ? 'Succeeded' : 'Failed'}, Id=${invocationId}, Duration=${Math.round(performance.now() - startedAt)}ms)`
    log(result.ok ? 'info' : 'error', result.ok ? ended : `${ended}\n${toFailure(name, result)}`, category)
    return result
  }

  async #run(
    target: TriggeredFunction,
    request: InvocationRequest,
    invocationId: string,
  ): Promise<InvocationResult> {
    const { metadata, trigger } = target
    try {
      const bindings = this.#bindingsOf(metadata)
      const invocation: Invocation = {
        invocationId,
        functionId: metadata.id,
        inputData: [
          { name: trigger.name, data: request.data },
          ...this.#clientInputs(target),
          ...(await bindings.read(request)),
        ],
        triggerMetadata: request.triggerMetadata ?? {},
        traceContext: {
          traceParent: request.traceParent ?? newTraceParent(),
        },
        ...(request.retryContext ? { retryContext: request.retryContext } : {}),
      }
      const result = await this.#options.run(invocation, request.worker)
      if (result.ok) for (const queue of await bindings.write(result, request)) this.#options.onWritten(queue)
      return result
    } catch (error) {
      // An input or output binding: each names itself.
      return { ok: false, message: (error as Error).message, stack: '' }
    }
  }

  #bindingsOf(metadata: FunctionMetadata): FunctionBindings {
    const known = this.#bindings.get(metadata)
    if (known) return known
    const bindings = new FunctionBindings(metadata, this.#options)
    this.#bindings.set(metadata, bindings)
    return bindings
  }

  /** The durable client input, for functions that ask for it. */
  #clientInputs({ metadata }: TriggeredFunction): Invocation['inputData'] {
    const bindings = metadata.bindings.filter((binding) => binding.type.toLowerCase() === 'durableclient')
    if (bindings.length === 0) return []
    const durable = this.#options.durable()
    if (!durable)
      throw new HostError(`Function "${metadata.name}" has a durable client, but the task hub is not there.`)
    return bindings.map((binding) => ({ name: binding.name, data: { string: durable.hub.clientBinding() } }))
  }
}

/** What set a function off, in the words of the real host. */
function toDetails(details: NonNullable<InvocationRequest['triggerDetails']>): string {
  const fields = Object.entries(details).map(([name, value]) => `${name}: ${value}`)
  return `Trigger Details: ${fields.join(', ')}`
}

/** Why a function failed, in the words of the real host. An orchestrator's failure carries its whole state behind the message. */
function toFailure(name: string, { message, stack }: { message: string; stack: string }): string {
  const [exception = '', trace = ''] = [message, stack].map((text) =>
    text.split('$OutOfProcData$')[0]?.trim().slice(0, 2000),
  )
  return `Exception while executing function: Functions.${name}. Result: Failure\nException: ${exception}\nStack: ${trace}`
}
