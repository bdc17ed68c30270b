import { randomBytes, randomUUID } from 'node:crypto'

import type { AppConfig } from './app-config.ts'
import { HostError } from './errors.ts'
import type { Log } from './log.ts'
import { writeOutputs } from './outputs/write-outputs.ts'
import type { InvocationRequest, TriggeredFunction } from './trigger.ts'
import type { DurableListener } from './triggers/durable/durable-trigger.ts'
import type { InvocationResult } from './worker/function-worker.ts'
import type { Invocation } from './worker/protocol.ts'

/** What one app's invocations need. */
export interface InvokerOptions {
  readonly config: AppConfig
  readonly log: Log
  /** Runs an invocation in a worker. */
  readonly run: (invocation: Invocation) => Promise<InvocationResult>
  readonly durable: () => DurableListener | undefined
  /** A queue got something new from an output binding. */
  readonly onWritten: (queue: string) => void
}

/** Runs invocations of one app: gathers the inputs, runs the function, writes its outputs, and logs it as tools expect. */
export class Invoker {
  readonly #options: InvokerOptions

  constructor(options: InvokerOptions) {
    this.#options = options
  }

  /** Runs a function. Never throws: a failure is a result. Outputs have been written when it succeeded. */
  async invoke(target: TriggeredFunction, request: InvocationRequest): Promise<InvocationResult> {
    const { config, log, run, onWritten } = this.#options
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
    const category = `Function.${metadata.name}`
    log(
      'info',
      `Executing 'Functions.${metadata.name}' (Reason='${request.reason}', Id=${invocationId})`,
      category,
    )
    if (request.triggerDetails) log('info', toDetails(request.triggerDetails), category)
    let result = await run(invocation)
    if (result.ok) {
      try {
        const queues = await writeOutputs(metadata, result, config)
        for (const queue of queues) onWritten(queue)
      } catch (error) {
        result = { ok: false, message: `An output binding failed: ${(error as Error).message}`, stack: '' }
      }
    }
    const ended = `Executed 'Functions.${metadata.name}' (${result.ok ? 'Succeeded' : 'Failed'}, Id=${invocationId}, Duration=${Math.round(performance.now() - startedAt)}ms)`
    log(
      result.ok ? 'info' : 'error',
      result.ok ? ended : `${ended}\n${toFailure(metadata.name, result)}`,
      category,
    )
    return result
  }

  /** The durable client input, for functions that ask for it. */
  #clientInputs({ metadata }: TriggeredFunction): Invocation['inputData'] {
    const bindings = metadata.bindings.filter((binding) => binding.type.toLowerCase() === 'durableclient')
    if (bindings.length === 0) return []
    const durable = this.#options.durable()
    if (!durable)
      throw new HostError(
        `Function "${metadata.name}" has a durable client, but the app has no durable functions.`,
      )
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
