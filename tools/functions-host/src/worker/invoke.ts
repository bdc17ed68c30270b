import type { CoreState, FunctionCallback, InvocationModel, RegisteredFunction } from './core-module.ts'
import type { FastHttp } from './fast-http.ts'
import type { Invocation, InvocationOutcome, TypedData } from './protocol.ts'

/** What hooks of this app keep between calls. */
export const appHookData = {}

/** What stands for a request that is put in its place afterwards: nothing costs the library less. */
const placeholder: TypedData = { int: 0 }

/** Runs one invocation as the real worker does: arguments, hooks, function, hooks, response. */
export async function invoke(
  { state, fastHttp }: { readonly state: CoreState; readonly fastHttp: FastHttp | undefined },
  invocation: Invocation,
  log: (level: string, category: string, message: string) => void,
): Promise<InvocationOutcome> {
  try {
    const registered = state.functions.get(invocation.functionId)
    if (!registered || !state.model) throw new Error(`Function "${invocation.functionId}" is not registered.`)
    const lazyRequest = fastHttp?.requestOf(registered, invocation)
    const [first] = invocation.inputData
    const coreContext = {
      invocationId: invocation.invocationId,
      request:
        lazyRequest && first
          ? { ...invocation, inputData: [{ name: first.name, data: placeholder }] }
          : invocation,
      metadata: registered.raw,
      state: undefined as string | undefined,
      log,
    }
    const model = state.model.getInvocationModel(coreContext)
    const { context, inputs } = await model.getArguments()
    if (lazyRequest) inputs[0] = lazyRequest
    const result = hasHooks(state)
      ? await runWithHooks({ state, model, coreContext, registered }, context, inputs)
      : await model.invokeFunction(context, inputs, registered.callback)
    const outcome = fastHttp?.outcomeOf(registered, result)
    if (outcome) return outcome
    const response = await model.getResponse(context, result)
    return {
      ok: true,
      returnValue: response.returnValue as TypedData | null,
      outputData: (response.outputData ?? []) as { name: string; data: TypedData }[],
    }
  } catch (error) {
    const { message, stack } = error instanceof Error ? error : { message: toText(error), stack: '' }
    return { ok: false, message, stack: stack ?? '' }
  }
}

function hasHooks({ hooks }: CoreState): boolean {
  return (hooks.get('preInvocation')?.length ?? 0) > 0 || (hooks.get('postInvocation')?.length ?? 0) > 0
}

/** Runs a function between the hooks of its app, each of which may change what comes next. */
async function runWithHooks(
  call: {
    readonly state: CoreState
    readonly model: InvocationModel
    readonly coreContext: { state: string | undefined }
    readonly registered: RegisteredFunction
  },
  context: unknown,
  inputs: unknown[],
): Promise<unknown> {
  const { state, model, coreContext, registered } = call
  const hookData = {}
  const before = hookContext(
    { hookData, appHookData, invocationContext: context },
    { inputs, functionCallback: registered.callback },
  )
  coreContext.state = 'preInvocationHooks'
  await runHooks(state, 'preInvocation', before)

  coreContext.state = 'invocation'
  const after = hookContext(
    { hookData, appHookData, invocationContext: context },
    { inputs: before['inputs'], result: null, error: null },
  )
  try {
    after['result'] = await model.invokeFunction(
      context,
      before['inputs'] as unknown[],
      before['functionCallback'] as FunctionCallback,
    )
  } catch (error) {
    after['error'] = error ?? new Error(String(error))
  }
  coreContext.state = 'postInvocationHooks'
  await runHooks(state, 'postInvocation', after)
  if (after['error']) throw after['error'] as Error
  return after['result']
}

/** Runs the hooks of one name, in order. */
export async function runHooks(
  state: CoreState,
  name: string,
  context: Record<string, unknown>,
): Promise<void> {
  for (const hook of state.hooks.get(name) ?? []) await hook(context)
}

/** A hook's context: the first fields are read-only, the others may be replaced by the hook. */
function hookContext(
  readOnly: Record<string, unknown>,
  writable: Record<string, unknown>,
): Record<string, unknown> {
  const context: Record<string, unknown> = { ...writable }
  for (const [key, value] of Object.entries(readOnly)) {
    Object.defineProperty(context, key, {
      enumerable: true,
      get: () => value,
      set: () => {
        throw new Error(`Cannot assign to read only property '${key}'`)
      },
    })
  }
  return context
}

function toText(thrown: unknown): string {
  return typeof thrown === 'string' ? thrown : (JSON.stringify(thrown) ?? String(thrown))
}
