import type { AppConfig } from './app-config.ts'
import type { Log, LogLevel } from './log.ts'
import { logLevels } from './log.ts'
import { splitArguments } from './worker-arguments.ts'
import { InProcessWorker } from './worker/in-process-worker.ts'
import type { SpawnWorker } from './worker/worker-pool.ts'
import { WorkerProcess } from './worker/worker-process.ts'

/** How a host starts workers. */
export interface WorkerSettings {
  /** Flags of Node for worker processes, after those of the app's settings. */
  readonly workerArguments: readonly string[]
  /** Whether function code runs in the host's own process. */
  readonly isInProcess: boolean
}

/** How the workers of an app are started. */
export function workersOf(
  config: AppConfig,
  log: Log,
  { workerArguments, isInProcess }: WorkerSettings,
): SpawnWorker {
  const Worker = isInProcess ? InProcessWorker : WorkerProcess
  return (onExit) =>
    Worker.start({
      directory: config.directory,
      env: config.settings,
      execArgv: [
        ...splitArguments(config.settings['languageWorkers__node__arguments'] ?? ''),
        ...workerArguments,
      ],
      onLog: ({ level, category, message, functionName }) =>
        log(toHostLevel(level, category), message, toLogCategory(category, functionName)),
      onExit,
    })
}

/** The level by its name in the worker protocol. What the library tells of itself is for whoever looks closely. */
function toHostLevel(level: string, category: string): LogLevel {
  if (level === 'information') return category === 'user' ? 'info' : 'debug'
  return logLevels.find((name) => name === level) ?? 'debug'
}

function toLogCategory(category: string, functionName = ''): string {
  return category === 'user' ? `Function.${functionName}.User` : 'Worker'
}
