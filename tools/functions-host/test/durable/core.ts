import { createRequire, registerHooks } from 'node:module'

/** What the app registered: name, trigger kind, and how to call it. */
export interface RegisteredFunction {
  name: string
  triggerType: string
  triggerName: string
  callback: (...args: unknown[]) => unknown
  metadata: Record<string, unknown>
}

export const registered = new Map<string, RegisteredFunction>()
let model: ProgrammingModel | undefined

interface ProgrammingModel {
  getInvocationModel(context: unknown): {
    getArguments(): Promise<{ context: unknown; inputs: unknown[] }>
    invokeFunction(context: unknown, inputs: unknown[], callback: unknown): Promise<unknown>
    getResponse(context: unknown, result: unknown): Promise<{ returnValue?: RpcValue }>
  }
}

interface RpcValue {
  string?: string
  json?: string
  bytes?: Uint8Array
  int?: number
  double?: number
}

class Disposable {
  dispose(): void {}
}

const core = {
  version: '3.9.1',
  hostVersion: '4.1037.0.0',
  Disposable,
  registerFunction(
    metadata: { name: string; bindings: Record<string, { type: string }> },
    callback: RegisteredFunction['callback'],
  ) {
    const [triggerName, trigger] =
      Object.entries(metadata.bindings).find(([, binding]) => /trigger$/i.test(binding.type)) ?? []
    const name = metadata.name
    registered.set(name, {
      name,
      triggerType: trigger?.type ?? '',
      triggerName: triggerName ?? '',
      callback,
      metadata,
    })
    return new Disposable()
  },
  registerHook: () => new Disposable(),
  setProgrammingModel(given: ProgrammingModel): void {
    model = given
  },
  getProgrammingModel: () => model,
  log(): void {},
}

/** Loads an app whose `@azure/functions` finds the core above. */
export function loadApp(file: string): void {
  const key = Symbol.for('zoetrope.test.functions-core')
  ;(globalThis as Record<symbol, unknown>)[key] = core
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === '@azure/functions-core'
        ? { url: 'test:functions-core', format: 'commonjs', shortCircuit: true }
        : next(specifier, context),
    load: (url, context, next) =>
      url === 'test:functions-core'
        ? {
            format: 'commonjs',
            source: `module.exports = globalThis[Symbol.for('zoetrope.test.functions-core')]`,
            shortCircuit: true,
          }
        : next(url, context),
  })
  createRequire(import.meta.url)(file)
}

/** Calls a function as the worker would, through the library's own model. */
export async function invoke(name: string, input: string | null, instanceId: string): Promise<unknown> {
  const called = registered.get(name)
  if (called === undefined || model === undefined) throw new Error(`no function ${name}`)
  const request = {
    invocationId: crypto.randomUUID(),
    functionId: name,
    inputData: input === null ? [] : [{ name: called.triggerName, data: { string: input } }],
    triggerMetadata: { instanceId: { string: instanceId } },
  }
  const invocation = model.getInvocationModel({
    invocationId: request.invocationId,
    request,
    metadata: called.metadata,
    state: undefined,
    log() {},
  })
  const { context, inputs } = await invocation.getArguments()
  const result = await invocation.invokeFunction(context, inputs, called.callback)
  const { returnValue } = await invocation.getResponse(context, result)
  if (returnValue === undefined || returnValue === null) return undefined
  if (returnValue.json !== undefined) return JSON.parse(returnValue.json)
  return returnValue.string ?? returnValue.bytes ?? returnValue.int ?? returnValue.double
}
