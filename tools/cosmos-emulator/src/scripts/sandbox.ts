import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { closeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, extname, join } from 'node:path'

import { ServiceError } from '../errors.ts'
import { ChannelClosed, FrameChannel } from './frame-channel.ts'
import type { CallResult, CollectionCall, Maybe, Order, Reply, ScriptEnd, ScriptJob } from './messages.ts'
import { openPipePair } from './named-pipes.ts'
import { scriptFailed } from './script-errors.ts'

/** As in Azure. */
export const defaultScriptBudgetMs = 5000
const startBudgetMs = 20_000
const largestHeapMb = 96
/** Results go back to a script when they are this large together; the rest of its calls waits. */
const enoughCharacters = 4 * 1024 * 1024
/** How long the emulator sleeps while a script computes: short at first, so that a quick answer is not kept waiting. */
const shortestSleepMs = 0.02
const longestSleepMs = 1
const sleepGrowth = 1.1

interface SandboxProcess {
  child: ChildProcess
  channel: FrameChannel
  ends: [number, number]
}

/** Why the emulator waits no longer. */
class TimeIsUp extends Error {}

/**
 * A process of its own in which scripts run, without files, network or other processes. The emulator waits for it, and
 * serves its calls meanwhile; a script that takes too long or too much memory is killed with its process.
 * It starts with the first script and is kept for the next.
 */
export class Sandbox {
  readonly budgetMs: number
  #process: SandboxProcess | undefined
  /** Why there is no process any more, for whoever still waits for it. */
  #endedFor: unknown
  #endsAt = Infinity
  #sleepMs = shortestSleepMs
  readonly #sleeper = new Int32Array(new SharedArrayBuffer(4))

  constructor(budgetMs = defaultScriptBudgetMs) {
    this.budgetMs = budgetMs
  }

  /** Runs a script to its end; `perform` answers what it asks of its container. @throws ServiceError 408 or 403 when it was killed */
  run(job: Omit<ScriptJob, 'acceptsForMs'>, perform: (call: CollectionCall) => CallResult): ScriptEnd {
    return this.#within(this.startTimer(), () => {
      this.#send({ kind: 'run', job: { ...job, acceptsForMs: this.budgetMs / 2 } })
      for (;;) {
        const reply = this.#receive()
        if (reply.kind === 'ended') return reply.end
        if (reply.kind !== 'calls') throw new Error(`A script answered '${reply.kind}'.`)
        this.#send({ kind: 'results', results: this.#perform(reply.calls, perform) })
      }
    })
  }

  /** One call of a user-defined function, also while a script waits for its query. @throws ServiceError 400, 408 or 403 */
  evaluate(
    call: Omit<Order & { kind: 'evaluate' }, 'kind' | 'args'>,
    args: unknown[],
    endsAt: number,
  ): unknown {
    return this.#within(endsAt, () => {
      this.#send({ kind: 'evaluate', ...call, args: args.map(toMaybe) })
      const reply = this.#receive()
      if (reply.kind === 'failed') throw scriptFailed(reply.failure)
      if (reply.kind !== 'value') throw new Error(`A function answered '${reply.kind}'.`)
      return reply.value[0]
    })
  }

  /** Whether the script that ran last was ended for its time or its memory. */
  get hasEnded(): boolean {
    return this.#process === undefined
  }

  /** When a script that starts now must have ended. The start of the process itself does not count. */
  startTimer(): number {
    this.#process ??= this.#start()
    return performance.now() + this.budgetMs
  }

  /** Ends the process. */
  close(): void {
    const process = this.#process
    if (!process) return
    this.#process = undefined
    process.child.kill('SIGKILL')
    for (const end of process.ends) closeSync(end)
  }

  /** The results of the first calls: of all of them, unless they are large together. */
  #perform(calls: CollectionCall[], perform: (call: CollectionCall) => CallResult): CallResult[] {
    const results: CallResult[] = []
    let size = 0
    for (const call of calls) {
      this.#checkTime()
      const result = perform(call)
      results.push(result)
      size += 'body' in result ? result.body.length : 0
      if (size > enoughCharacters) break
    }
    return results
  }

  #checkTime(): void {
    if (performance.now() > this.#endsAt) throw new TimeIsUp()
  }

  #within<T>(endsAt: number, exchange: () => T): T {
    const outerEndsAt = this.#endsAt
    this.#endsAt = Math.min(endsAt, outerEndsAt)
    try {
      return exchange()
    } catch (error) {
      const told = this.#toServiceError(error)
      // A script's own failure leaves the process as good as it was; whatever else happens, its state is not known.
      if (!(told instanceof ServiceError && told.status === 400)) {
        this.#endedFor = told
        this.close()
      }
      throw told
    } finally {
      this.#endsAt = outerEndsAt
    }
  }

  #toServiceError(error: unknown): unknown {
    if (error instanceof TimeIsUp)
      return new ServiceError(
        408,
        'RequestTimeout',
        `The script ran longer than ${this.budgetMs} ms and was ended.`,
      )
    if (error instanceof ChannelClosed)
      return new ServiceError(
        403,
        'Forbidden',
        `The script was ended: it took more than ${largestHeapMb} MB of memory, or its answer was too large.`,
      )
    return error
  }

  #channel(): FrameChannel {
    if (!this.#process) throw this.#endedFor
    this.#sleepMs = shortestSleepMs
    return this.#process.channel
  }

  #send(order: Order): void {
    this.#channel().send(order)
  }

  #receive(): Reply {
    return this.#channel().receive() as Reply
  }

  #sleep(): void {
    this.#checkTime()
    Atomics.wait(this.#sleeper, 0, 0, this.#sleepMs)
    this.#sleepMs = Math.min(longestSleepMs, this.#sleepMs * sleepGrowth)
  }

  #start(): SandboxProcess {
    const { readEnd, writeEnd, processEnds } = openPipePair()
    const program = join(import.meta.dirname, `sandbox-process${extname(import.meta.filename)}`)
    const child = spawn(process.execPath, [...sandboxFlags(), program], {
      stdio: [...processEnds, 'ignore', 'pipe'],
      cwd: tmpdir(),
      env: {},
    })
    for (const end of processEnds) closeSync(end)
    child.on('error', () => undefined)
    child.unref()
    // The process sees this pipe close when the emulator is gone, whatever a script is doing.
    ;(child.stdio[3] as { unref?: () => void } | null)?.unref?.()
    const channel = new FrameChannel(readEnd, writeEnd, () => this.#sleep())
    const started: SandboxProcess = { child, channel, ends: [readEnd, writeEnd] }
    this.#process = started
    try {
      this.#within(performance.now() + startBudgetMs, () => this.#receive())
    } catch {
      throw new ServiceError(
        503,
        'ServiceUnavailable',
        `The process in which scripts run does not start with ${process.execPath}: it must be able to run from there, with --permission.`,
      )
    }
    return started
  }
}

/** The value as JSON carries it. */
export function toMaybe(value: unknown): Maybe {
  return value === undefined ? [] : [value]
}

/** No files but the program itself, no network server, no processes, no code from strings, little memory. */
function sandboxFlags(): string[] {
  return [
    '--permission',
    '--allow-worker',
    `--allow-fs-read=${join(dirname(import.meta.filename), '*')}`,
    `--allow-fs-read=${join(import.meta.dirname, '..', '..', 'package.json')}`,
    '--disallow-code-generation-from-strings',
    '--disable-warning=ExperimentalWarning',
    `--max-old-space-size=${largestHeapMb}`,
    '--max-semi-space-size=8',
  ]
}
