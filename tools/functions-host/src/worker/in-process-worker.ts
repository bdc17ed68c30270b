import { extname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { HostError } from '../errors.ts'
import type { FunctionApp } from './function-app.ts'
import type * as NativeApp from './native-app.ts'
import type { FunctionWorker, InvocationResult } from './function-worker.ts'
import { lostResult } from './function-worker.ts'
import { importNatively } from './import-natively.ts'
import type { WorkerOptions } from './worker-process.ts'

/**
 * Function code in the host's own process, for tests and for whoever wants no second process: a crash or a hang of it is one of the
 * host's. The app's settings are part of the environment of this process until it ends. Several apps may be there, and one app
 * several times: each time its own files and the libraries of Functions are loaded anew, other libraries once.
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

  /** Loads the app. @throws HostError when it cannot be */
  static async start({
    directory,
    env,
    onLog,
    onExit,
  }: Omit<WorkerOptions, 'execArgv' | 'signal'>): Promise<InProcessWorker> {
    const url = new URL(`./native-app${extname(import.meta.filename)}`, import.meta.url)
    const native = (await importNatively(url)) as typeof NativeApp
    try {
      const app = await native.FunctionApp.load({
        directory,
        settings: env,
        log: (entry) => onLog({ type: 'log', ...entry }),
        streamSocket: undefined,
      })
      return new InProcessWorker(app, onExit)
    } catch (error) {
      throw new HostError(native.describeLoadFault(error))
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
    this.#app.leave()
    for (const resolve of this.#running) resolve(lostResult('killed'))
    this.#running.clear()
    this.#onExit('killed')
  }

  /** Lets the app say goodbye, within this time. */
  async close(graceMs: number): Promise<void> {
    if (this.#hasEnded) return
    this.#hasEnded = true
    const patience = new AbortController()
    await Promise.race([
      this.#app.terminate(),
      delay(graceMs, undefined, { signal: patience.signal }).catch(() => {}),
    ])
    patience.abort()
    this.#app.leave()
  }
}
