import { HostError } from '../errors.ts'
import { FunctionApp } from './function-app.ts'
import type { FunctionWorker, InvocationResult } from './function-worker.ts'
import { lostResult } from './function-worker.ts'
import { describeLoadFault } from './load-app.ts'
import type { WorkerOptions } from './worker-process.ts'

/** The app of this process, and where its log goes: to that of whoever started it last. */
let loaded:
  | { readonly directory: string; readonly app: Promise<FunctionApp>; onLog: WorkerOptions['onLog'] }
  | undefined

/**
 * Function code in the host's own process, for tests and for whoever wants no second process: a crash or a hang of it is one of the
 * host's. The app's settings become part of the environment of this process. Modules are loaded once, so that a process can hold one
 * app, and no newer version of it.
 */
export class InProcessWorker implements FunctionWorker {
  readonly pid = process.pid
  readonly #app: FunctionApp
  readonly #onExit: (reason: string) => void
  readonly #running = new Set<(result: InvocationResult) => void>()
  #hasEnded = false

  private constructor(app: FunctionApp, onExit: (reason: string) => void) {
    this.#app = app
    this.#onExit = onExit
  }

  /** Loads the app. @throws HostError when it cannot be, or when this process holds another one */
  static async start({
    directory,
    env,
    onLog,
    onExit,
  }: Omit<WorkerOptions, 'execArgv' | 'signal'>): Promise<InProcessWorker> {
    if (loaded && loaded.directory !== directory)
      throw new HostError(
        `${directory} cannot be loaded into this process, which holds ${loaded.directory}: leave isInProcess out.`,
      )
    for (const [name, value] of Object.entries(env)) if (value !== undefined) process.env[name] = value
    loaded ??= {
      directory,
      app: FunctionApp.load({
        directory,
        log: (entry) => (loaded?.onLog ?? onLog)({ type: 'log', ...entry }),
        streamSocket: undefined,
      }),
      onLog,
    }
    loaded.onLog = onLog
    try {
      return new InProcessWorker(await loaded.app, onExit)
    } catch (error) {
      throw new HostError(describeLoadFault(error))
    }
  }

  get functions(): FunctionApp['functions'] {
    return this.#app.functions
  }

  get httpUri(): string | undefined {
    return this.#app.httpUri
  }

  get takeRequest(): FunctionApp['takeRequest'] {
    return this.#app.takeRequest
  }

  get running(): number {
    return this.#running.size
  }

  /** Runs a function. Never throws. */
  invoke(invocation: Parameters<FunctionWorker['invoke']>[0]): Promise<InvocationResult> {
    if (this.#hasEnded) return Promise.resolve(lostResult('it had ended already'))
    return new Promise((resolve) => {
      this.#running.add(resolve)
      void this.#app.invoke(invocation).then((outcome) => {
        this.#running.delete(resolve)
        resolve(outcome)
      })
    })
  }

  /** Waits no longer for what runs; it cannot be stopped. */
  kill(): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    for (const resolve of this.#running) resolve(lostResult('killed'))
    this.#running.clear()
    this.#onExit('killed')
  }

  /** Lets the app say goodbye. */
  async close(): Promise<void> {
    if (this.#hasEnded) return
    this.#hasEnded = true
    await this.#app.terminate()
  }
}
