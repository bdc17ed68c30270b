import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, rmSync } from 'node:fs'
import { getCompileCacheDir } from 'node:module'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import type { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'

import { HostError } from '../errors.ts'
import type { FunctionWorker, InvocationResult } from './function-worker.ts'
import { lostResult } from './function-worker.ts'
import type { FromWorker, FunctionMetadata, Invocation, ToWorker } from './protocol.ts'
import { WorkerChannel } from './worker-channel.ts'

/** What a worker needs. */
export interface WorkerOptions {
  readonly directory: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly onLog: (message: Extract<FromWorker, { type: 'log' }>) => void
  /** Called once when the process has ended. */
  readonly onExit: (reason: string) => void
  readonly execArgv?: readonly string[]
  /** Gives up the start: the process ends. */
  readonly signal?: AbortSignal
}

/** Longest path of a socket file that every system takes, bytes. */
const longestSocketPathBytes = 100

/** When a start is taken for one that may never end, ms. */
const longStartMs = 15_000

/** Whether processes have groups. */
const hasGroups = process.platform !== 'win32'

/** Processes that run now. They must not outlive this one, not even those that are too busy to notice its end. */
const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) killWithChildren(child)
})

/** Signals by which a process ends that has done something wrong. Any other one was sent by somebody. */
const crashSignals: ReadonlySet<string> = new Set([
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGILL',
  'SIGSEGV',
  'SIGTRAP',
])

/** How long after the end of a worker its last messages may take to arrive, ms. */
const lastMessagesMs = 1000

/** A process that runs the functions of one app. */
export class WorkerProcess implements FunctionWorker {
  readonly #child: ChildProcess
  readonly #channel: WorkerChannel<ToWorker, FromWorker>
  readonly #running = new Map<string, (result: InvocationResult) => void>()
  readonly #options: WorkerOptions
  readonly #loaded = Promise.withResolvers<void>()
  readonly #streamSocket = newSocketPath()
  #hasEnded = false
  #isClosing = false
  /** What it was killed for. */
  #fault: string | undefined
  #pong: PromiseWithResolvers<number> | undefined
  functions: readonly FunctionMetadata[] = []
  httpUri: string | undefined

  private constructor(options: WorkerOptions) {
    this.#options = options
    const program = new URL(`./worker-main${extname(import.meta.filename)}`, import.meta.url)
    const args = [
      '--disable-warning=ExperimentalWarning',
      // The library's server must take whatever headers ours let through, and what is added to them.
      '--max-http-header-size=65536',
      ...(options.execArgv ?? []),
      fileURLToPath(program),
      options.directory,
      this.#streamSocket,
    ]
    this.#child = spawnWith(args, options)
    running.add(this.#child)
    this.#channel = new WorkerChannel(this.#child.stdio[3] as Duplex, {
      onMessage: (message) => this.#take(message),
      // Without it nothing more can be heard of the worker; one that ends itself closes it a moment before.
      onClose: () => setTimeout(() => this.kill(), lastMessagesMs).unref(),
    })
    this.#child.on('error', (error) =>
      this.#end(existsSync(options.directory) ? error.message : `${options.directory} is not there`, false),
    )
    this.#child.on('exit', (code, signal) => {
      running.delete(this.#child)
      if (hasGroups) killWithChildren(this.#child)
      const reason = this.#fault ?? (signal ? `signal ${signal}` : `exit code ${code}`)
      const isOwnFault = this.#fault !== undefined || (signal ? crashSignals.has(signal) : !this.#isClosing)
      // What it sent last may still be on its way, unless a child of its own holds the channel open.
      const timer = setTimeout(() => this.#end(reason, isOwnFault), lastMessagesMs)
      this.#child.once('close', () => {
        clearTimeout(timer)
        this.#end(reason, isOwnFault)
      })
    })
  }

  /** Starts a worker and waits until the app is loaded. @throws HostError when it cannot be */
  static async start(options: WorkerOptions): Promise<WorkerProcess> {
    const worker = new WorkerProcess(options)
    const timer = setTimeout(() => worker.#warnOfLongStart(), longStartMs).unref()
    const kill = (): void => worker.kill()
    options.signal?.addEventListener('abort', kill)
    try {
      if (options.signal?.aborted) kill()
      await worker.#loaded.promise
    } catch (error) {
      kill()
      throw error
    } finally {
      clearTimeout(timer)
      options.signal?.removeEventListener('abort', kill)
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
    if (this.#hasEnded) return Promise.resolve(lostResult('it had ended already'))
    const { invocationId } = invocation
    return new Promise((resolve) => {
      this.#running.set(invocationId, resolve)
      try {
        this.#channel.send({ type: 'invoke', invocation })
      } catch (error) {
        this.#finish(invocationId, { ok: false, message: (error as Error).message, stack: '' })
      }
    })
  }

  /** Asks whether it still answers: resolves with the memory that it takes, bytes, and never when it hangs. */
  ping(): Promise<number> {
    this.#pong ??= Promise.withResolvers()
    this.#channel.send({ type: 'ping' })
    return this.#pong.promise
  }

  /** Ends the worker at once; what it was running is lost. `fault`: what it did wrong, which makes all that it ran suspect. */
  kill(fault?: string): void {
    this.#fault ??= fault
    killWithChildren(this.#child)
  }

  /** Lets the app say goodbye, then ends the worker. */
  async close(graceMs: number): Promise<void> {
    const { exitCode, signalCode } = this.#child
    // Its last messages may still be on their way then, but its end does not come twice.
    if (this.#hasEnded || exitCode !== null || signalCode !== null) return
    this.#isClosing = true
    const exited = once(this.#child, 'exit')
    this.#channel.send({ type: 'terminate' })
    const timer = setTimeout(() => this.kill(), graceMs)
    await exited
    clearTimeout(timer)
  }

  #warnOfLongStart(): void {
    this.#options.onLog({
      type: 'log',
      level: 'warning',
      category: 'system',
      message: `The app has been loading for ${longStartMs / 1000} s: an entry point may wait for something that never comes.`,
    })
  }

  #take(message: FromWorker): void {
    switch (message.type) {
      case 'result':
        return this.#finish(message.invocationId, message.outcome)
      case 'log':
        return this.#options.onLog(message)
      case 'pong':
        this.#pong?.resolve(message.memoryBytes)
        this.#pong = undefined
        return
      case 'failed':
        return this.#loaded.reject(new HostError(message.message))
      case 'loaded':
        this.functions = message.functions
        this.httpUri = message.httpUri
        this.#loaded.resolve()
    }
  }

  #end(reason: string, isSuspect: boolean): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    for (const id of this.#running.keys()) this.#finish(id, lostResult(reason, { isSuspect }))
    // A worker that was killed left it behind.
    rmSync(this.#streamSocket, { force: true })
    this.#loaded.reject(new HostError(`The worker ended while the app was loading: ${reason}.`))
    this.#options.onExit(reason)
  }

  #finish(invocationId: string, result: InvocationResult): void {
    this.#running.get(invocationId)?.(result)
    this.#running.delete(invocationId)
  }
}

/** Ends a worker, and what it has started, at once. Programs that left its group live on. */
function killWithChildren({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(hasGroups ? -pid : pid, 'SIGKILL')
  } catch {
    // All have ended.
  }
}

/** @throws HostError naming the setting that makes them too many for a process */
function spawnWith(args: readonly string[], { directory, env }: WorkerOptions): ChildProcess {
  try {
    return spawn(process.execPath, args, {
      cwd: directory,
      // Before its first module: only so is all of it, and its app, compiled once instead of at every start.
      env: { NODE_COMPILE_CACHE: getCompileCacheDir(), ...env } as NodeJS.ProcessEnv,
      stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
      // A group of its own: whatever it starts ends with it, and Ctrl-C reaches the host first.
      detached: hasGroups,
    })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'E2BIG') throw error
    const [longest] = Object.entries(env).toSorted(([, a = ''], [, b = '']) => b.length - a.length)
    throw new HostError(
      `The settings of ${directory} are too long for the environment of a process. The longest one is "${longest?.[0]}", ${longest?.[1]?.length} characters: keep it in a file, and its path in the setting.`,
    )
  }
}

/** A path that nobody can know beforehand, short enough for every system. */
function newSocketPath(): string {
  const name = `functions-host-${randomUUID()}`
  if (process.platform === 'win32') return ['', '', '.', 'pipe', name].join('\\')
  const path = join(tmpdir(), `${name}.sock`)
  return Buffer.byteLength(path) <= longestSocketPathBytes ? path : `/tmp/${name}.sock`
}
