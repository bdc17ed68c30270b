import { on } from 'node:events'
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'

import type { AppSettings } from '../config/app-settings.ts'
import type { HistoryFile } from '../durable/history-file.ts'
import { HostError } from '../errors.ts'
import { describeAtLength } from '../worker/describe-thrown.ts'
import type { ReplayLook, ReplayResult } from './replay-file.ts'

/** What a thread is to replay, one file after the other. */
export interface ReplayJob {
  readonly directory: string
  readonly files: readonly HistoryFile[]
  readonly look: ReplayLook
}

/** How the replay of one file ended, as plain data. */
export type FileEnd = ReplayResult | { readonly fault: string }

/** What a thread tells: the end of the next file, or that its app cannot be loaded. */
export type ThreadMessage = FileEnd | { readonly loadFault: string }

/** Has a new thread load an app and replay histories; it is gone when this resolves. @throws HostError when it cannot, or takes too long */
export async function replayInThread(
  job: ReplayJob,
  { settings, timeoutMs }: { readonly settings: AppSettings; readonly timeoutMs: number },
): Promise<readonly FileEnd[]> {
  if (job.files.length === 0) return []
  const program = new URL(`./replay-thread${extname(import.meta.filename)}`, import.meta.url)
  const worker = new Worker(program, {
    workerData: job,
    env: { ...settings },
    execArgv: ['--enable-source-maps', '--disable-warning=ExperimentalWarning'],
  })
  const ends: FileEnd[] = []
  const over = new AbortController()
  const timer = setTimeout(
    () => over.abort(new HostError(`${describeWork(job, ends.length)} took longer than ${timeoutMs} ms.`)),
    timeoutMs,
  )
  worker.once('exit', (code) =>
    over.abort(new HostError(`${describeWork(job, ends.length)} ended the process (exit code ${code}).`)),
  )
  try {
    for await (const [message] of on(worker, 'message', { signal: over.signal }) as AsyncIterable<
      [ThreadMessage]
    >) {
      if ('loadFault' in message) throw new HostError(message.loadFault)
      ends.push(message)
      if (ends.length === job.files.length) break
    }
    return ends
  } catch (error) {
    if (over.signal.aborted) throw over.signal.reason
    if (error instanceof HostError) throw error
    throw new HostError(
      `${describeWork(job, ends.length)} ended by an uncaught error: ${describeAtLength(error)}`,
    )
  } finally {
    clearTimeout(timer)
    worker.removeAllListeners('exit')
    await worker.terminate()
  }
}

function describeWork({ directory, files }: ReplayJob, done: number): string {
  const file = files[done]
  return `The replay of ${file?.orchestratorName} (instance ${file?.instanceId}) in ${directory}`
}
