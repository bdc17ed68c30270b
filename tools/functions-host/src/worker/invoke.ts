import { Call } from './call.ts'
import type { CoreState, FunctionCallback, InvocationModel } from './core-module.ts'
import { describeThrown } from './describe-thrown.ts'
import type { FastHttp } from './fast-http.ts'
import type { FastText } from './fast-text.ts'
import { hookContext } from './hook-context.ts'
import type { HookedLog, LogContext } from './log-hooks.ts'
import type { PlainContexts } from './plain-context.ts'
import type { Invocation, InvocationOutcome, TypedData } from './protocol.ts'
import { runHooks } from './run-hooks.ts'
import { runPlain } from './run-plain.ts'
import { readText, toTypedData } from './typed-text.ts'

/** What stands for a request that is put in its place afterwards: nothing costs the library less. */
const placeholder: TypedData = { int: 0 }

/** What a function gave back, with what its response is made of. */
interface Run {
  readonly context: unknown
  readonly result: unknown
  readonly model: InvocationModel
}

/** An app, with its short ways around the library. */
export interface InvokedApp {
  readonly state: CoreState
  readonly fastHttp: FastHttp | undefined
  readonly fastText: FastText
}

/** Runs one invocation as the real worker does: arguments, hooks, function, hooks, response. */
export async function invoke(
  { state, fastHttp, fastText }: InvokedApp,
  invocation: Invocation,
  log: HookedLog,
): Promise<InvocationOutcome> {
  try {
    const registered = state.functions.get(invocation.functionId)
    const textContexts = registered && fastText.contextsOf(registered, invocation)
    if (textContexts) {
      const call = new Call(state, invocation, log)
      if (!call.hasHooks) return await runText(call, { invocation, contexts: textContexts })
    }
    const request = registered && fastHttp?.requestOf(registered, invocation)
    const call = new Call(state, request ? withPlaceholder(invocation) : invocation, log)
    const contexts = request && !call.hasHooks ? fastHttp?.contextsOf(call.registered) : undefined
    if (!request || !contexts) {
      const run = await runByLibrary(call, request)
      return (await fastHttp?.outcomeOf(call.registered, run.result)) ?? (await responseOf(run))
    }
    const { context, result } = await runPlain(call, { input: request, invocation, contexts })
    const outcome = fastHttp?.outcomeOf(call.registered, result)
    if (outcome && !(outcome instanceof Promise)) return outcome
    return (await outcome) ?? (await responseOf({ context, result, model: call.newModel() }))
  } catch (error) {
    return { ok: false, ...describeThrown(error) }
  }
}

/** Runs a function that gets a text. */
async function runText(
  call: Call,
  about: { readonly invocation: Invocation; readonly contexts: PlainContexts },
): Promise<InvocationOutcome> {
  const input = readText(about.invocation.inputData[0]?.data.string)
  const { result } = await runPlain(call, { ...about, input })
  const returnValue = toTypedData(result)
  return { ok: true, ...(returnValue !== undefined && { returnValue }), outputData: [] }
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
  const model = call.newModel()
  const { context, inputs } = await model.getArguments()
  if (request) inputs[0] = request
  const logContext = { hookData: {}, invocationContext: context }
  call.logContext = logContext
  const result = call.hasHooks
    ? await runWithHooks(call, { model, logContext }, inputs)
    : await model.invokeFunction(context, inputs, call.registered.callback)
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

/** Runs a function between the hooks of its app, each of which may change what comes next. */
async function runWithHooks(
  { state, coreContext, registered, log }: Call,
  { model, logContext }: { readonly model: InvocationModel; readonly logContext: LogContext },
  inputs: unknown[],
): Promise<unknown> {
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
