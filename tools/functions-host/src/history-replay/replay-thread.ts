// The program of a thread that replays histories against the code of one app.
import { parentPort, workerData } from 'node:worker_threads'

import { describeLoadFault } from '../worker/load-app.ts'
import { describeThrown } from '../worker/describe-thrown.ts'
import { loadOrchestrators } from './app-orchestrators.ts'
import { replayFile } from './replay-file.ts'
import type { FileEnd, ReplayJob, ThreadMessage } from './replay-in-thread.ts'
import type { Orchestrators } from './run-orchestrator.ts'

const { directory, files, look } = workerData as ReplayJob
const tell = (message: ThreadMessage): void => parentPort?.postMessage(message)

async function endOf(file: ReplayJob['files'][number], orchestrators: Orchestrators): Promise<FileEnd> {
  try {
    return await replayFile(file, orchestrators, look)
  } catch (error) {
    return { fault: describeThrown(error).message }
  }
}

try {
  const orchestrators = await loadOrchestrators(directory)
  for (const file of files) tell(await endOf(file, orchestrators))
} catch (error) {
  tell({ loadFault: describeLoadFault(error) })
}
