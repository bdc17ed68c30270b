import type { CoreState, FunctionCallback } from './core-module.ts'
import type { Invocation, InvocationOutcome, TypedData } from './protocol.ts'

/** What hooks of this app keep between calls. */
export const appHookData = {}

/** Runs one invocation as the real worker does: arguments, hooks, function, hooks, response. */
export async function invoke(
  state: CoreState,
  invocation: Invocation,
  log: (level: string, category: string, message: string) => void,
): Promise<InvocationOutcome> {
  try {
    const registered = state.functions.get(invocation.functionId)
    if (!registered || !state.model) throw new Error(`Function "${invocation.functionId}" is not registered.`)
    const coreContext = {
      invocationId: invocation.invocationId,
      request: invocation,
      metadata: registered.raw,
      state: undefined as string | undefined,
      log,
    }
    const model = state.model.getInvocationModel(coreContext)
    const { context, inputs } = await model.getArguments()

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

    const response = await model.getResponse(context, after['result'])
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
