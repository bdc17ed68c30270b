import { enterEnvironment } from '../config/process-environment.ts'
import type { CoreState } from './core-module.ts'
import { makeCoreModule } from './core-module.ts'
import { FastHttp } from './fast-http.ts'
import { beginLoad } from './fresh-modules.ts'
import { hookContext } from './hook-context.ts'
import { FastText } from './fast-text.ts'
import { invoke, type InvokedApp } from './invoke.ts'
import { loadApp } from './load-app.ts'
import type { RequestHandler } from './library-server.ts'
import { captureLibraryServer } from './library-server.ts'
import type { HookedLog } from './log-hooks.ts'
import { makeHookedLog } from './log-hooks.ts'
import type { FunctionMetadata, Invocation, InvocationOutcome, WorkerLogEntry } from './protocol.ts'
import { runHooks } from './run-hooks.ts'
import { coreUrl, supplyCore } from './supply-core.ts'

/** How an app is loaded. */
export interface FunctionAppOptions {
  readonly directory: string
  readonly log: (entry: WorkerLogEntry) => void
  /** Where the library's own server listens, for apps that stream: the path of a socket, or nowhere (requests are given to it). */
  readonly streamSocket: string | undefined
  /** Put into the environment of the process, until the app leaves it. */
  readonly settings?: Readonly<Record<string, string | undefined>>
}

/** Apps are loaded one after the other: a library that is loaded has to know for which of them. */
let loading: Promise<unknown> = Promise.resolve()

/** The functions of one app, loaded into this process. */
export class FunctionApp {
  readonly functions: readonly FunctionMetadata[]
  /** Where the library's own server takes requests, for apps that stream. */
  readonly httpUri: string | undefined
  /** The library's own server, for apps that stream, where it does not listen. */
  readonly takeRequest: RequestHandler | undefined
  readonly #state: CoreState
  readonly #invoked: InvokedApp
  readonly #log: HookedLog
  readonly #takeSettingsBack: () => void

  private constructor(parts: {
    invoked: InvokedApp
    log: HookedLog
    httpUri: string | undefined
    takeRequest: RequestHandler | undefined
    takeSettingsBack: () => void
  }) {
    this.#state = parts.invoked.state
    this.#invoked = parts.invoked
    this.#log = parts.log
    this.httpUri = parts.httpUri
    this.takeRequest = parts.takeRequest
    this.#takeSettingsBack = parts.takeSettingsBack
    this.functions = [...this.#state.functions.values()].map((registered) => registered.metadata)
  }

  /** Supplies `@azure/functions-core` and loads the app. Throws what its entry points throw. */
  static load(options: FunctionAppOptions): Promise<FunctionApp> {
    const app = loading.then(() => FunctionApp.#load(options))
    loading = app.catch(() => {})
    return app
  }

  static async #load({
    directory,
    log,
    streamSocket,
    settings = {},
  }: FunctionAppOptions): Promise<FunctionApp> {
    const takeSettingsBack = enterEnvironment(settings)
    try {
      return await FunctionApp.#loadInto({ directory, log, streamSocket, takeSettingsBack })
    } catch (error) {
      takeSettingsBack()
      throw error
    }
  }

  static async #loadInto({
    directory,
    log,
    streamSocket,
    takeSettingsBack,
  }: FunctionAppOptions & { readonly takeSettingsBack: () => void }): Promise<FunctionApp> {
    const { core, state } = makeCoreModule((level, category, message) =>
      hookedLog({ level, category, message }),
    )
    const hookedLog = makeHookedLog(state, log)
    supplyCore(core)
    await loadApp(directory, beginLoad(directory, coreUrl))
    const server = await captureLibraryServer(state.model, streamSocket)
    await runHooks(state, 'appStart', appHookContext(state, { functionAppDirectory: directory }), {
      log: hookedLog,
    })
    state.isLocked = true
    const fastHttp = server ? undefined : await FastHttp.of(state)
    return new FunctionApp({
      invoked: { state, fastHttp, fastText: await FastText.of(state) },
      log: hookedLog,
      httpUri: server?.uri,
      takeRequest: server?.takeRequest,
      takeSettingsBack,
    })
  }

  /** Runs a function. Never throws. */
  invoke(invocation: Invocation): Promise<InvocationOutcome> {
    return invoke(this.#invoked, invocation, (entry, context) => {
      const { invocationId, functionId } = invocation
      const functionName = this.#state.functions.get(functionId)?.metadata.name
      this.#log({ ...entry, invocationId, ...(functionName ? { functionName } : {}) }, context)
    })
  }

  /** Lets the app say goodbye. */
  terminate(): Promise<void> {
    return runHooks(this.#state, 'appTerminate', appHookContext(this.#state), { log: this.#log })
  }

  /** The process has the settings of the app no more. */
  leave(): void {
    this.#takeSettingsBack()
  }
}

/** What hooks for the start and the end of the app are called with. */
function appHookContext(state: CoreState, more: object = {}): Record<string, unknown> {
  return hookContext({ hookData: state.startHookData, appHookData: state.appHookData }, { ...more })
}
