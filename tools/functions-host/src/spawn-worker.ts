import type { AppConfig } from './app-config.ts'
import type { Log } from './log.ts'
import type { SpawnWorker } from './worker/worker-pool.ts'
import { WorkerProcess } from './worker/worker-process.ts'

/** How the workers of an app are started. */
export function workersOf(config: AppConfig, log: Log): SpawnWorker {
  return (onExit) =>
    WorkerProcess.start({
      directory: config.directory,
      env: config.settings,
      onLog: ({ level, category, message }) => log(toHostLevel(level, category), message),
      onExit,
    })
}

function toHostLevel(level: string, category: string): 'debug' | 'info' | 'warning' | 'error' {
  if (level === 'error' || level === 'critical') return 'error'
  if (level === 'warning') return 'warning'
  return level === 'information' && category === 'user' ? 'info' : 'debug'
}
