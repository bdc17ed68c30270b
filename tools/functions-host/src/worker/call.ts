import type { CoreState, InvocationModel, ProgrammingModel, RegisteredFunction } from './core-module.ts'
import type { HookedLog, LogContext } from './log-hooks.ts'
import type { Invocation } from './protocol.ts'

/** What the library gets for an invocation: its side of the protocol. */
export interface CoreContext {
  readonly invocationId: string
  readonly request: Invocation
  readonly metadata: Record<string, unknown>
  /** Where it is; the library looks at it when something is logged. */
  state: string | undefined
  readonly log: (level: string, category: string, message: string) => void
}

/** One invocation on its way. */
export class Call {
  readonly state: CoreState
  readonly registered: RegisteredFunction
  readonly log: HookedLog
  /** What hooks of the log get, once there is a context. */
  logContext: LogContext | undefined
  readonly #model: ProgrammingModel
  readonly #invocation: Invocation
  #coreContext: CoreContext | undefined

  /** @throws Error for a function that is not there */
  constructor(state: CoreState, invocation: Invocation, log: HookedLog) {
    const registered = state.functions.get(invocation.functionId)
    const { model } = state
    if (!registered || !model) throw new Error(`Function "${invocation.functionId}" is not registered.`)
    this.state = state
    this.registered = registered
    this.log = log
    this.#model = model
    this.#invocation = invocation
  }

  get coreContext(): CoreContext {
    this.#coreContext ??= {
      invocationId: this.#invocation.invocationId,
      request: this.#invocation,
      metadata: this.registered.raw,
      state: undefined,
      log: (level, category, message) => this.log({ level, category, message }, this.logContext),
    }
    return this.#coreContext
  }

  /** The library's model of the invocation. */
  newModel(): InvocationModel {
    return this.#model.getInvocationModel(this.coreContext)
  }

  /** Whether functions run between hooks. */
  get hasHooks(): boolean {
    const { hooks } = this.state
    return (hooks.get('preInvocation')?.length ?? 0) > 0 || (hooks.get('postInvocation')?.length ?? 0) > 0
  }
}
