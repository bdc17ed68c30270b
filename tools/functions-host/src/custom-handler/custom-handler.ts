import type { AppConfig } from '../config/app-config.ts'
import { HostError } from '../errors.ts'
import { JsonSection } from '../config/json-section.ts'
import type { Log } from '../logging/log.ts'
import type { AdoptedExchange, FunctionWorker, InvocationResult } from '../worker/function-worker.ts'
import { lostResult } from '../worker/function-worker.ts'
import type { FunctionMetadata, Invocation } from '../worker/protocol.ts'
import { callHandler, forwardRequest } from './call-handler.ts'
import { HandlerProcess } from './handler-process.ts'
import type { HandlerSettings } from './handler-settings.ts'
import { readHandlerSettings } from './handler-settings.ts'
import { parseAnswer, toOutcome } from './outcome.ts'
import { toPayload } from './payload.ts'
import { readFunctionFiles, routeFunction } from './read-function-files.ts'

/** How long after a broken connection the end of the program may be noticed, ms. */
const exitNoticeMs = 500

/** A program in any language that serves an app's functions over HTTP. */
export class CustomHandler implements FunctionWorker {
  readonly functions: readonly FunctionMetadata[]
  readonly httpUri: undefined
  readonly #process: HandlerProcess
  readonly #settings: HandlerSettings
  readonly #log: Log
  /** Requests that wait for their invocation, by its id. */
  readonly #exchanges = new Map<string, AdoptedExchange>()
  #running = 0

  private constructor(parts: {
    functions: readonly FunctionMetadata[]
    process: HandlerProcess
    settings: HandlerSettings
    log: Log
  }) {
    this.functions = parts.functions
    this.#process = parts.process
    this.#settings = parts.settings
    this.#log = parts.log
  }

  /** Reads the functions and starts their program; it listens when this resolves. @throws HostError naming what to mend */
  static async start(
    config: AppConfig,
    {
      log,
      onExit,
      signal,
    }: { readonly log: Log; readonly onExit: (reason: string) => void; readonly signal: AbortSignal },
  ): Promise<CustomHandler> {
    const { directory, settings: env, isHttpWorker } = config
    const section = config.customHandler ?? JsonSection.of(undefined, 'host.json: customHandler')
    const settings = readHandlerSettings(section, { directory, settings: env, isHttpWorker })
    if (isHttpWorker)
      log(
        'warning',
        'host.json: httpWorker is the older form of customHandler, and Azure means to drop it. Rename it; a customHandler gets requests as they are only with enableForwardingHttpRequest, and then at the path that was asked for.',
      )
    const functions = readFunctionFiles(directory, { settings: env, log })
    if (functions.length > 0 && settings.routes.length > 0)
      throw new HostError(
        `${directory}: functions are declared both by function.json files and by customHandler.http.routes of host.json. Remove one of them.`,
      )
    const process = await HandlerProcess.start({ settings, directory, env, log, onExit, signal })
    return new CustomHandler({
      functions:
        functions.length > 0 ? functions : settings.routes.map((route, index) => routeFunction(index, route)),
      process,
      settings,
      log,
    })
  }

  get pid(): number | undefined {
    return this.#process.pid
  }

  get running(): number {
    return this.#running
  }

  adoptRequest(functionId: string, invocationId: string, exchange: AdoptedExchange): boolean {
    const target = this.#find(functionId)
    if (this.#settings.forwarding === 'none' || !target || !isHttpAlone(target)) return false
    this.#exchanges.set(invocationId, exchange)
    return true
  }

  async invoke(invocation: Invocation): Promise<InvocationResult> {
    const exchange = this.#exchanges.get(invocation.invocationId)
    this.#exchanges.delete(invocation.invocationId)
    if (this.#process.hasEnded) return lost('it had ended already')
    this.#running += 1
    try {
      return exchange ? await this.#forward(invocation, exchange) : await this.#call(invocation)
    } catch (error) {
      // A program that has answered still runs; a connection may break before its end is noticed.
      const hasAnswered = error instanceof HostError
      const reason = hasAnswered ? undefined : await this.#process.endedWithin(exitNoticeMs)
      if (reason !== undefined) return lost(reason)
      const { message, stack } = error as Error
      return { ok: false, message, stack: stack ?? '' }
    } finally {
      this.#running -= 1
    }
  }

  kill(): void {
    this.#process.kill()
  }

  async close(graceMs: number): Promise<void> {
    await this.#process.close(graceMs)
  }

  async #call(invocation: Invocation): Promise<InvocationResult> {
    const { functionId, invocationId } = invocation
    const target = this.#find(functionId)
    if (!target) throw new HostError(`Function "${functionId}" has no function.json.`)
    const call = { port: this.#process.port, path: `/${target.name}`, invocationId }
    const { status, text } = await callHandler(call, toPayload(invocation, target.name))
    if (status < 200 || status > 299)
      throw new HostError(`The custom handler answered ${status} to POST ${call.path}: ${text.slice(0, 200)}`)
    if (text.trim() === '') {
      this.#log(
        'warning',
        `${call.path}: the custom handler answered without a body; Azure's host would wait for one.`,
      )
      return { ok: true, outputData: [], returnValue: null }
    }
    const answer = parseAnswer(text)
    for (const line of answer.logs) this.#log('info', line, `Function.${target.name}.User`)
    return toOutcome(target, answer)
  }

  async #forward(
    { functionId, invocationId }: Invocation,
    exchange: AdoptedExchange,
  ): Promise<InvocationResult> {
    const asked = exchange.request.url ?? '/'
    const name = this.#find(functionId)?.name ?? functionId
    const path =
      this.#settings.forwarding === 'to-name' ? `/${name}${new URL(asked, 'http://host').search}` : asked
    await forwardRequest({ port: this.#process.port, path, invocationId }, exchange)
    return { ok: true, outputData: [], returnValue: null }
  }

  #find(functionId: string): FunctionMetadata | undefined {
    return this.functions.find(({ id }) => id === functionId)
  }
}

/** Whether a function has an HTTP trigger, an HTTP response, and nothing else. */
function isHttpAlone({ bindings }: FunctionMetadata): boolean {
  const types = bindings.map(({ type }) => type.toLowerCase())
  return types.length === 2 && types.includes('httptrigger') && types.includes('http')
}

function lost(reason: string): InvocationResult {
  return { ...lostResult(reason), message: `The custom handler was lost (${reason}).` }
}
