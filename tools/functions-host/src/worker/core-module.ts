import { hostVersion } from '../versions.ts'
import type { FunctionMetadata, RetryPolicy } from './protocol.ts'

/** A function's code. */
export type FunctionCallback = (...args: unknown[]) => unknown

/** A function that the app has registered: what it is, and its code. */
export interface RegisteredFunction {
  readonly metadata: FunctionMetadata
  readonly raw: Record<string, unknown>
  readonly callback: FunctionCallback
}

/** The library's side of the protocol: what `setProgrammingModel` gives. */
export interface ProgrammingModel {
  readonly name?: string
  getInvocationModel(context: unknown): InvocationModel
  getCapabilities?(
    capabilities: Record<string, string>,
  ): Promise<Record<string, string>> | Record<string, string>
}

/** One invocation by the library. */
export interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>
  invokeFunction(context: unknown, inputs: unknown[], callback: FunctionCallback): Promise<unknown>
  getResponse(
    context: unknown,
    result: unknown,
  ): Promise<{ returnValue?: unknown; outputData?: { name: string; data: unknown }[] }>
}

/** A hook of the app. */
export type Hook = (context: Record<string, unknown>) => unknown

/** What the app has told the core module so far. */
export interface CoreState {
  readonly functions: Map<string, RegisteredFunction>
  readonly hooks: Map<string, Hook[]>
  /** What all hooks of the app share. */
  readonly appHookData: object
  /** What those for its start and its end share. */
  readonly startHookData: object
  model: ProgrammingModel | undefined
  isLocked: boolean
}

const hookNames = ['preInvocation', 'postInvocation', 'appStart', 'appTerminate', 'log']

class Disposable {
  readonly #dispose: () => void
  constructor(dispose: () => void) {
    this.#dispose = dispose
  }
  static from(...items: { dispose(): void }[]): Disposable {
    return new Disposable(() => items.forEach((item) => item.dispose()))
  }
  dispose(): void {
    this.#dispose()
  }
}

/** Makes the object that `@azure/functions-core` is for the app, and the state that it fills. */
export function makeCoreModule(log: (level: string, category: string, message: string) => void): {
  core: Record<string, unknown>
  state: CoreState
} {
  const state: CoreState = {
    functions: new Map(),
    hooks: new Map(hookNames.map((name) => [name, []])),
    appHookData: {},
    startHookData: {},
    model: undefined,
    isLocked: false,
  }
  const core = {
    version: '3.9.1',
    hostVersion,
    Disposable,
    registerFunction(raw: Record<string, unknown>, callback: FunctionCallback): Disposable {
      if (state.isLocked) throw new Error('A function can only be registered during app startup.')
      const metadata = toMetadata(raw)
      if (state.functions.has(metadata.id))
        throw new Error(`A function with id "${metadata.id}" has already been registered.`)
      state.functions.set(metadata.id, { metadata, raw: { ...raw, functionId: metadata.id }, callback })
      return new Disposable(() => state.functions.delete(metadata.id))
    },
    registerHook(name: string, hook: Hook): Disposable {
      const hooks = state.hooks.get(name)
      // The library relies on this mark to leave a hook out that its worker does not know.
      if (!hooks)
        throw Object.assign(new RangeError(`Unrecognized hook "${name}"`), {
          isAzureFunctionsSystemError: true,
        })
      hooks.push(hook)
      return new Disposable(() => {
        const index = hooks.indexOf(hook)
        if (index >= 0) hooks.splice(index, 1)
      })
    },
    setProgrammingModel(model: ProgrammingModel): void {
      state.model = model
    },
    getProgrammingModel: () => state.model,
    log,
  }
  return { core, state }
}

function toMetadata(raw: Record<string, unknown>): FunctionMetadata {
  const name = String(raw['name'])
  const bindings = Object.entries(raw['bindings'] as Record<string, Record<string, unknown>>).map(
    ([key, binding]) => ({
      ...(binding['properties'] as Record<string, unknown> | undefined),
      ...binding,
      type: String(binding['type']),
      name: key,
    }),
  )
  const retry = raw['retryOptions'] as Record<string, unknown> | undefined
  return {
    name,
    id: String(raw['functionId'] ?? name),
    bindings,
    ...(retry ? { retryOptions: toRetryPolicy(retry) } : {}),
  }
}

function toRetryPolicy(raw: Record<string, unknown>): RetryPolicy {
  const seconds = (key: string): number =>
    Number((raw[key] as { seconds?: number } | undefined)?.seconds ?? 0)
  return {
    maxRetryCount: Number(raw['maxRetryCount'] ?? 0),
    retryStrategy:
      /exponential/i.test(String(raw['retryStrategy'])) || raw['retryStrategy'] === 0
        ? 'exponentialBackoff'
        : 'fixedDelay',
    delayIntervalSeconds: seconds('delayInterval'),
    minimumIntervalSeconds: seconds('minimumInterval'),
    maximumIntervalSeconds: seconds('maximumInterval'),
  }
}
