import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'

import { err, toZoetropeError } from '@zoetrope/contracts'

import type { ChildJob, ChildProgress, ChildReply, ChildRequest, ChildResult } from './child-protocol.ts'
import { processorTicks, residentBytes } from './process-usage.ts'

/** Limits of one run. */
export interface RunLimits {
  /** The child is killed when the run takes longer. */
  readonly killAfterMs: number
  /** The child is killed when it uses more memory (resident; looked at every half second, on Linux). */
  readonly maxResidentBytes: number
  /** The child is killed when it neither works nor says anything for so long (Linux): a stopped or deadlocked one would only be noticed at the deadline. */
  readonly stalledMs: number
  /** Ends the run with its reason; the child is killed. */
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: ChildProgress) => void
}

/** One child process, doing one thing at a time. */
export interface MediaChild {
  readonly isAlive: boolean
  /** @throws MEDIA_PROCESS_CRASHED, TASK_TIMEOUT, the signal's reason, and what the operation throws */
  run(job: ChildJob, limits: RunLimits): Promise<ChildResult>
  kill(): void
}

const bootMs = 30_000
const lookEveryMs = 500
const keptErrorText = 4000

/** Starts a child process from a program that calls `serveChild`. */
export function startChild(entry: URL): MediaChild {
  // It decodes what strangers send, so it gets no environment: no secret of ours can be read in it.
  const child = fork(fileURLToPath(entry), [], {
    env: {},
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let isAlive = true
  let errorText = ''
  let lastRunId = 0
  const ended = new Promise<string>((resolve) => {
    child.once('close', (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`))
    // For good: an error nobody listens to, such as a second broken pipe, would end the whole worker.
    child.on('error', (error) => resolve(error.message))
  })
  void ended.then(() => (isAlive = false))
  child.stderr?.on(
    'data',
    (chunk: Buffer) => (errorText = (errorText + chunk.toString()).slice(-keptErrorText)),
  )
  const ready = waitForReady(child)
  setIdle(child)
  return {
    get isAlive() {
      return isAlive
    },
    kill: () => void child.kill('SIGKILL'),
    async run(job, limits) {
      lastRunId += 1
      const runId = lastRunId
      const started = performance.now()
      let lastSign = { atMs: started, ticks: processorTicks(child.pid) }
      child.ref()
      child.channel?.ref()
      const { promise, resolve, reject } = Promise.withResolvers<ChildResult>()
      const stop = (error: Error): void => {
        reject(error)
        isAlive = false
        child.kill('SIGKILL')
      }
      const listen = (message: unknown): void => {
        const reply = message as ChildReply
        if (reply.type === 'ready' || reply.runId !== runId) return
        lastSign = { ...lastSign, atMs: performance.now() }
        if (reply.type === 'progress') return limits.onProgress?.(reply.progress)
        if (reply.type === 'done') return resolve(reply.result)
        const facts = reply.detail === undefined ? {} : { detail: reply.detail }
        reject(err(reply.code, { ...facts, cause: new Error(reply.cause) }))
      }
      const cancel = (): void => stop(toZoetropeError(limits.signal?.reason))
      const hasStalled = (): boolean => {
        const ticks = processorTicks(child.pid)
        if (ticks === undefined || ticks !== lastSign.ticks) lastSign = { atMs: performance.now(), ticks }
        return performance.now() - lastSign.atMs > limits.stalledMs
      }
      const watch = setInterval(
        () => {
          if (residentBytes(child.pid) > limits.maxResidentBytes) {
            const mebibytes = Math.round(limits.maxResidentBytes / 2 ** 20)
            stop(err('MEDIA_PROCESS_CRASHED', { detail: `It needed more than ${mebibytes} MiB of memory.` }))
          } else if (performance.now() - started > limits.killAfterMs) {
            stop(err('TASK_TIMEOUT'))
          } else if (hasStalled()) {
            stop(
              err('TASK_TIMEOUT', {
                detail: `The media process did nothing for ${limits.stalledMs / 1000} s.`,
              }),
            )
          }
        },
        Math.min(lookEveryMs, limits.killAfterMs),
      )
      child.on('message', listen)
      limits.signal?.addEventListener('abort', cancel)
      void ended.then((how) =>
        reject(err('MEDIA_PROCESS_CRASHED', { cause: new Error(`${how}\n${errorText}`) })),
      )
      try {
        await Promise.race([ready, promise])
        const request: ChildRequest = { runId, job }
        if (isAlive && child.connected) child.send(request)
        return await promise
      } finally {
        clearInterval(watch)
        child.off('message', listen)
        limits.signal?.removeEventListener('abort', cancel)
        setIdle(child)
      }
    },
  }
}

/** An idle child keeps nobody's process alive. */
function setIdle(child: ChildProcess): void {
  child.unref()
  child.channel?.unref()
  ;(child.stderr as Socket | null)?.unref()
}

async function waitForReady(child: ChildProcess): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(() => child.kill('SIGKILL'), bootMs)
  timer.unref()
  child.once('message', () => resolve())
  child.once('exit', () => resolve())
  child.once('error', () => resolve())
  await promise
  clearTimeout(timer)
}
