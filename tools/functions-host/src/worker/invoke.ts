import type { CoreState, FunctionCallback, InvocationModel, RegisteredFunction } from './core-module.ts'
import type { FastHttp } from './fast-http.ts'
import { hookContext } from './hook-context.ts'
import type { HookedLog, LogContext } from './log-hooks.ts'
import { logLate } from './plain-context.ts'
import type { Invocation, InvocationOutcome, TypedData } from './protocol.ts'
import { runHooks } from './run-hooks.ts'

/** What stands for a request that is put in its place afterwards: nothing costs the library less. */
const placeholder: TypedData = { int: 0 }

/** Runs one invocation as the real worker does: arguments, hooks, function, hooks, response. */
export async function invoke(
  { state, fastHttp }: { readonly state: CoreState; readonly fastHttp: FastHttp | undefined },
  invocation: Invocation,
  log: HookedLog,
): Promise<InvocationOutcome> {
  let logContext: LogContext | undefined
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
      log: (level: string, category: string, message: string): void =>
        log({ level, category, message }, logContext),
    }
    const newModel = state.model.getInvocationModel.bind(state.model, coreContext)
    const contexts = lazyRequest && !hasHooks(state) ? fastHttp?.contextsOf(registered) : undefined
    let model: InvocationModel | undefined
    let context: unknown
    let result: unknown
    if (contexts) {
      let isDone = false
      context = contexts.make(invocation, {
        isLate: () => isDone,
        log: (level, message) => coreContext.log(level, 'user', message),
        logLate: (level, args) => void logLate(newModel(), level, args),
      })
      logContext = { hookData: {}, invocationContext: context }
      try {
        result = await registered.callback(lazyRequest, context)
      } finally {
        isDone = true
      }
    } else {
      model = newModel()
      const given = await model.getArguments()
      context = given.context
      const { inputs } = given
      if (lazyRequest) inputs[0] = lazyRequest
      logContext = { hookData: {}, invocationContext: context }
      result = hasHooks(state)
        ? await runWithHooks({ state, model, coreContext, registered, log, logContext }, inputs)
        : await model.invokeFunction(context, inputs, registered.callback)
    }
    const outcome = fastHttp?.outcomeOf(registered, result)
    if (outcome) return outcome
    const response = await (model ?? newModel()).getResponse(context, result)
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
    readonly log: HookedLog
    readonly logContext: LogContext
  },
  inputs: unknown[],
): Promise<unknown> {
  const { state, model, coreContext, registered, log, logContext } = call
  const { hookData, invocationContext } = logContext
  const fixed = { hookData, appHookData: state.appHookData, invocationContext }
  const before = hookContext(fixed, { inputs, functionCallback: registered.callback })
  coreContext.state = 'preInvocationHooks'
  await runHooks(state, 'preInvocation', before, { log, logContext })

  coreContext.state = 'invocation'
  const after = hookContext(fixed, { inputs: before['inputs'], result: null, error: null })
  try {
    after['result'] = await model.invokeFunction(
      invocationContext,
      before['inputs'] as unknown[],
      before['functionCallback'] as FunctionCallback,
    )
  } catch (error) {
    after['error'] = error ?? new Error(String(error))
  }
  coreContext.state = 'postInvocationHooks'
  await runHooks(state, 'postInvocation', after, { log, logContext })
  coreContext.state = undefined
  // Hooks clear an error with either; whatever else was thrown is one, empty text too.
  if ((after['error'] ?? null) !== null) throw after['error'] as Error
  return after['result']
}

function toText(thrown: unknown): string {
  return typeof thrown === 'string' ? thrown : (JSON.stringify(thrown) ?? String(thrown))
}
