import type { CoreState, FunctionCallback, InvocationModel, RegisteredFunction } from './core-module.ts'
import { describeThrown } from './describe-thrown.ts'
import type { FastHttp } from './fast-http.ts'
import { hookContext } from './hook-context.ts'
import type { HookedLog, LogContext } from './log-hooks.ts'
import { logLate } from './plain-context.ts'
import type { Invocation, InvocationOutcome, TypedData } from './protocol.ts'
import { runHooks } from './run-hooks.ts'

/** What stands for a request that is put in its place afterwards: nothing costs the library less. */
const placeholder: TypedData = { int: 0 }

/** One invocation on its way. */
interface Call {
  readonly state: CoreState
  readonly registered: RegisteredFunction
  readonly coreContext: { state: string | undefined }
  readonly log: HookedLog
  readonly newModel: () => InvocationModel
  /** What hooks of the log get, once there is a context. */
  logContext: LogContext | undefined
}

/** What a function gave back, with what its response is made of. */
interface Run {
  readonly context: unknown
  readonly result: unknown
  readonly model: InvocationModel
}

/** Runs one invocation as the real worker does: arguments, hooks, function, hooks, response. */
export async function invoke(
  { state, fastHttp }: { readonly state: CoreState; readonly fastHttp: FastHttp | undefined },
  invocation: Invocation,
  log: HookedLog,
): Promise<InvocationOutcome> {
  try {
    const registered = state.functions.get(invocation.functionId)
    const { model } = state
    if (!registered || !model) throw new Error(`Function "${invocation.functionId}" is not registered.`)
    const request = fastHttp?.requestOf(registered, invocation)
    const coreContext = {
      invocationId: invocation.invocationId,
      request: request ? withPlaceholder(invocation) : invocation,
      metadata: registered.raw,
      state: undefined as string | undefined,
      log: (level: string, category: string, message: string): void =>
        log({ level, category, message }, call.logContext),
    }
    const newModel = (): InvocationModel => model.getInvocationModel(coreContext)
    const call: Call = { state, registered, coreContext, log, newModel, logContext: undefined }
    const contexts = request && !hasHooks(state) ? fastHttp?.contextsOf(registered) : undefined
    if (!contexts) {
      const run = await runByLibrary(call, request)
      return fastHttp?.outcomeOf(registered, run.result) ?? (await responseOf(run))
    }

    let isDone = false
    const context = contexts.make(invocation, {
      isLate: () => isDone,
      log: (level, message) => coreContext.log(level, 'user', message),
      logLate: (level, args) => void logLate(newModel(), level, args),
    })
    call.logContext = { hookData: {}, invocationContext: context }
    let result: unknown
    try {
      result = await registered.callback(request, context)
    } finally {
      isDone = true
    }
    return (
      fastHttp?.outcomeOf(registered, result) ?? (await responseOf({ context, result, model: newModel() }))
    )
  } catch (error) {
    return { ok: false, ...describeThrown(error) }
  }
}

/** The invocation without its request, which is put in the place of the placeholder. */
function withPlaceholder(invocation: Invocation): Invocation {
  return {
    ...invocation,
    inputData: invocation.inputData.map(({ name }) => ({ name, data: placeholder })),
  }
}

/** Runs a function with arguments by the library, and hooks. `request`: in place of the library's, if given. */
async function runByLibrary(call: Call, request: unknown): Promise<Run> {
  const { state, registered } = call
  const model = call.newModel()
  const { context, inputs } = await model.getArguments()
  if (request) inputs[0] = request
  const logContext = { hookData: {}, invocationContext: context }
  call.logContext = logContext
  const result = hasHooks(state)
    ? await runWithHooks({ ...call, model, logContext }, inputs)
    : await model.invokeFunction(context, inputs, registered.callback)
  return { context, result, model }
}

async function responseOf({ model, context, result }: Run): Promise<InvocationOutcome> {
  const response = await model.getResponse(context, result)
  return {
    ok: true,
    returnValue: response.returnValue as TypedData | null,
    outputData: (response.outputData ?? []) as { name: string; data: TypedData }[],
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
