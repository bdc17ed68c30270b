// The program of a worker process: loads the app into it, and runs functions as the host asks over a file descriptor.
import { rmSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import { Socket } from 'node:net'

import { describeAtLength } from './describe-thrown.ts'
import { FunctionApp } from './function-app.ts'
import { describeLoadFault } from './load-app.ts'
import type { FromWorker, InvocationOutcome, ToWorker, WorkerLogEntry } from './protocol.ts'
import { WorkerChannel } from './worker-channel.ts'

/** The end of the channel that the host opened. */
const channelFd = 3
/** When what has been compiled is kept for the next start, ms: not while the first requests wait. */
const keepCompiledAfterMs = 1000

const [, , directory = process.cwd(), streamSocket = ''] = process.argv
process.on('exit', () => rmSync(streamSocket, { force: true }))

let app: FunctionApp | undefined
const channel = new WorkerChannel<FromWorker, ToWorker>(new Socket({ fd: channelFd }), {
  onMessage: (message) => void handle(message),
  // The host is gone.
  onClose: () => {
    endChildren()
    process.exit(0)
  },
})
const log = (entry: WorkerLogEntry): void => channel.send({ type: 'log', ...entry })
const logError = (message: string): void => log({ level: 'error', category: 'system', message })

process.on('uncaughtException', (error: unknown) => {
  setTimeout(() => process.exit(1), 500)
  logError(`Uncaught exception: ${describeAtLength(error)}`)
  channel.end(() => process.exit(1))
})
process.on('unhandledRejection', (reason) => logError(`Unhandled rejection: ${describeAtLength(reason)}`))
// The host ends its workers itself, after their invocations: a Ctrl-C reaches the whole process group.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {})

try {
  app = await FunctionApp.load({ directory, log, streamSocket })
  const { functions, httpUri } = app
  channel.send({ type: 'loaded', functions: [...functions], ...(httpUri ? { httpUri } : {}) })
  // A worker may be killed, which keeps nothing.
  setTimeout(flushCompileCache, keepCompiledAfterMs).unref()
} catch (error) {
  channel.send({ type: 'failed', message: describeLoadFault(error) })
}

async function handle(message: ToWorker): Promise<void> {
  if (message.type === 'ping') return channel.send({ type: 'pong', memoryBytes: process.memoryUsage.rss() })
  if (message.type === 'terminate') {
    try {
      await app?.terminate()
    } finally {
      channel.end(() => process.exit(0))
    }
    return
  }
  const { invocation } = message
  const { invocationId } = invocation
  const outcome = (await app?.invoke(invocation)) ?? failure('The app is not loaded.')
  try {
    channel.send({ type: 'result', invocationId, outcome })
  } catch (error) {
    channel.send({ type: 'result', invocationId, outcome: failure((error as Error).message) })
  }
}

/** Ends what the app has started: it is in the group of this process, which takes the signal for nothing. */
function endChildren(): void {
  try {
    if (process.platform !== 'win32') process.kill(-process.pid, 'SIGTERM')
  } catch {
    // Somebody else has started this process, in a group of theirs.
  }
}

function failure(message: string): InvocationOutcome {
  return { ok: false, message, stack: '' }
}
