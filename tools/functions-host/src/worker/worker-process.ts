import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'

import { HostError } from '../errors.ts'
import type { FunctionWorker, InvocationResult } from './function-worker.ts'
import type { FromWorker, FunctionMetadata, Invocation, ToWorker } from './protocol.ts'

/** What a worker needs. */
export interface WorkerOptions {
  readonly directory: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly onLog: (message: Extract<FromWorker, { type: 'log' }>) => void
  /** Called once when the process has ended. */
  readonly onExit: (reason: string) => void
  readonly execArgv?: readonly string[]
}

/** A process that runs the functions of one app. */
export class WorkerProcess implements FunctionWorker {
  readonly #child: ChildProcess
  readonly #running = new Map<string, (result: InvocationResult) => void>()
  #hasEnded = false
  functions: readonly FunctionMetadata[] = []
  httpUri: string | undefined

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  /** Starts a worker and waits until the app is loaded. @throws HostError when it cannot be */
  static async start(options: WorkerOptions): Promise<WorkerProcess> {
    const child = fork(
      fileURLToPath(new URL(`./worker-main${extname(import.meta.filename)}`, import.meta.url)),
      [options.directory],
      {
        cwd: options.directory,
        env: options.env as NodeJS.ProcessEnv,
        // The library's server must take whatever headers ours let through, and what is added to them.
        execArgv: [
          '--disable-warning=ExperimentalWarning',
          '--max-http-header-size=65536',
          ...(options.execArgv ?? []),
        ],
        serialization: 'advanced',
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      },
    )
    const worker = new WorkerProcess(child)
    const loaded = new Promise<void>((resolve, reject) => {
      child.on('message', (message: FromWorker) => {
        if (message.type === 'result') worker.#finish(message.invocationId, message.outcome)
        else if (message.type === 'log') options.onLog(message)
        else if (message.type === 'failed') reject(new HostError(message.message))
        else {
          worker.functions = message.functions
          worker.httpUri = message.httpUri
          resolve()
        }
      })
      const end = (reason: string): void => {
        if (worker.#hasEnded) return
        worker.#hasEnded = true
        for (const id of worker.#running.keys()) worker.#finish(id, lost(reason))
        reject(new HostError(`The worker ended while the app was loading: ${reason}.`))
        options.onExit(reason)
      }
      child.on('error', (error) => end(error.message))
      child.on('exit', (code, signal) => end(signal ? `signal ${signal}` : `exit code ${code}`))
    })
    try {
      await loaded
    } catch (error) {
      child.kill('SIGKILL')
      throw error
    }
    return worker
  }

  /** Process id, for whoever watches or kills it. */
  get pid(): number | undefined {
    return this.#child.pid
  }

  /** Number of invocations that run now. */
  get running(): number {
    return this.#running.size
  }

  /** Runs a function. Never throws: a failure is a result, and so is the death of the worker. */
  invoke(invocation: Invocation): Promise<InvocationResult> {
    if (this.#hasEnded) return Promise.resolve(lost('it had ended already'))
    return new Promise((resolve) => {
      this.#running.set(invocation.invocationId, resolve)
      this.#send({ type: 'invoke', invocation })
    })
  }

  /** Ends the worker at once; what it was running is lost. */
  kill(): void {
    this.#child.kill('SIGKILL')
  }

  /** Lets the app say goodbye, then ends the worker. */
  async close(graceMs: number): Promise<void> {
    if (this.#hasEnded) return
    const exited = once(this.#child, 'exit')
    this.#send({ type: 'terminate' })
    const timer = setTimeout(() => this.kill(), graceMs)
    await exited
    clearTimeout(timer)
  }

  #finish(invocationId: string, result: InvocationResult): void {
    this.#running.get(invocationId)?.(result)
    this.#running.delete(invocationId)
  }

  #send(message: ToWorker): void {
    // A closed channel is noticed by the exit of the process, which ends every invocation.
    this.#child.send(message, () => {})
  }
}

function lost(reason: string): InvocationResult {
  return { ok: false, lost: true, message: `The worker process was lost (${reason}).`, stack: '' }
}
