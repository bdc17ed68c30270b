import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** What to run, and whom to tell. */
export interface SupervisedOptions {
  readonly name: string
  readonly script: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** A line of its output that says that it serves. */
  readonly isReady: (line: string) => boolean
  readonly onLine: (line: string) => void
  readonly onMessage?: (message: unknown) => void
  /** It was started, for the first time or again. */
  readonly onStart: (pid: number) => void
  /** It died, and will be started again. */
  readonly onDeath: (text: string) => void
}

/** A process of the stack that is started again when it dies; its state is on disk. */
export interface SupervisedProcess extends AsyncDisposable {
  /** Resolves when it serves for the first time; rejects when it dies again and again before that. */
  readonly ready: Promise<void>
  close(): Promise<void>
}

const firstDelayMs = 100
const longestDelayMs = 10_000
/** After this long without a death, the next one is treated as the first again. */
const calmMs = 30_000
const drainMs = 8_000
const mostDeathsBeforeReady = 4
const preload = new URL('end-with-parent.ts', import.meta.url).href

/** Starts a process and keeps it running, with growing delays between restarts, until closed. */
export function superviseProcess(options: SupervisedOptions): SupervisedProcess {
  const ready = Promise.withResolvers<void>()
  let child: ChildProcess | undefined
  let timer: NodeJS.Timeout | undefined
  let isClosing = false
  let deaths = 0
  let hasServed = false
  let lastLines: readonly string[] = []
  ready.promise.then(
    () => (hasServed = true),
    () => undefined,
  )

  const start = (): void => {
    const startedAtMs = Date.now()
    child = spawn(process.execPath, ['--import', preload, options.script, ...options.args], {
      cwd: options.cwd,
      env: options.env,
      stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
      // A Ctrl-C reaches the supervisor alone, which ends the others in good order.
      detached: process.platform !== 'win32',
    })
    child.stdin?.on('error', () => undefined)
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue
      createInterface({ input: stream }).on('line', (line) => {
        if (options.isReady(line)) ready.resolve()
        lastLines = [...lastLines.slice(-19), line]
        options.onLine(line)
      })
    }
    if (options.onMessage) child.on('message', options.onMessage)
    child.once('error', (error) => options.onLine(error.message))
    child.once('exit', (code, signal) => {
      if (isClosing) return
      deaths = Date.now() - startedAtMs > calmMs ? 1 : deaths + 1
      if (!hasServed && deaths === mostDeathsBeforeReady) {
        ready.reject(new Error(`${options.name} does not start:\n${lastLines.join('\n')}`))
        return
      }
      const delayMs = Math.min(firstDelayMs * 2 ** (deaths - 1), longestDelayMs)
      options.onDeath(
        `${options.name} ended (${signal ?? `code ${code}`}); starting it again in ${delayMs} ms`,
      )
      timer = setTimeout(start, delayMs)
    })
    if (child.pid !== undefined) options.onStart(child.pid)
  }
  start()

  const close = async (): Promise<void> => {
    isClosing = true
    clearTimeout(timer)
    if (child) await endProcess(child)
  }
  return { ready: ready.promise, close, [Symbol.asyncDispose]: close }
}

/** Asks a process to end, and kills it when it takes too long. */
async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), drainMs)
  await ended
  clearTimeout(timer)
}
