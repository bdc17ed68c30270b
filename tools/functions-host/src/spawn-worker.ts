import { join } from 'node:path'

import type { AppConfig } from './config/app-config.ts'
import { functionFilesOf } from './custom-handler/read-function-files.ts'
import { HostError } from './errors.ts'
import type { Log, LogLevel } from './logging/log.ts'
import { logLevels } from './logging/log.ts'
import { isDebuggerFlag, splitArguments, withWaitingDebugger } from './worker/worker-arguments.ts'
import { InProcessWorker } from './worker/in-process-worker.ts'
import type { SpawnWorker } from './worker/worker-slot.ts'
import { WorkerProcess } from './worker/worker-process.ts'

/** How a host starts workers. */
export interface WorkerSettings {
  /** Flags of Node for worker processes, after those of the app's settings. */
  readonly workerArguments: readonly string[]
  /** Whether function code runs in the host's own process. */
  readonly isInProcess: boolean
  /** Whether another worker of the app holds the port of the debugger just now. */
  readonly isDebuggerTaken?: () => boolean
}

/** How the workers of an instance are started, by its id: as the app's custom handler, else as processes of Node, or in this one. @throws HostError for an app of a programming model that is not served */
export function workersOf(
  config: AppConfig,
  log: Log,
  { workerArguments, isInProcess, isDebuggerTaken = () => false }: WorkerSettings,
): (instanceId: string) => SpawnWorker {
  const settingsOf = (instanceId: string): AppConfig['settings'] => ({
    ...config.settings,
    WEBSITE_INSTANCE_ID: instanceId,
  })
  if (config.customHandler)
    return (instanceId) => async (onExit, signal) => {
      const { CustomHandler } = await import('./custom-handler/custom-handler.ts')
      return CustomHandler.start({ ...config, settings: settingsOf(instanceId) }, { log, onExit, signal })
    }
  refuseFunctionFiles(config.directory)
  const flags = flagsOf(config, workerArguments)
  const Worker = isInProcess ? InProcessWorker : WorkerProcess
  if (isInProcess && config.instances.most > 1)
    throw new HostError(
      `${config.directory} is to have several instances, but this process can hold one: leave isInProcess or instances out.`,
    )
  return (instanceId) => (onExit, signal) =>
    Worker.start({
      directory: config.directory,
      env: settingsOf(instanceId),
      execArgv: isDebuggerTaken() ? withWaitingDebugger(flags) : flags,
      onLog: ({ level, category, message, functionName }) =>
        log(toHostLevel(level, category), message, toLogCategory(category, functionName)),
      onExit,
      signal,
    })
}

/** Whether the worker processes of an app open the port of a debugger. */
export function opensDebugger(config: AppConfig, { workerArguments, isInProcess }: WorkerSettings): boolean {
  return !isInProcess && !config.customHandler && flagsOf(config, workerArguments).some(isDebuggerFlag)
}

function flagsOf(config: AppConfig, workerArguments: readonly string[]): string[] {
  return [...splitArguments(config.settings['languageWorkers__node__arguments'] ?? ''), ...workerArguments]
}

/** Functions of the older programming model, which are declared by files, would be passed over in silence. */
function refuseFunctionFiles(directory: string): void {
  const [name] = functionFilesOf(directory)
  if (name === undefined) return
  throw new HostError(
    `${join(directory, name, 'function.json')}: functions for Node that are declared by files (programming model v3) are not served. Register them with app.http, app.storageQueue, ... of @azure/functions 4, and remove the file; or name the program that serves them in customHandler of host.json.`,
  )
}

/** The level by its name in the worker protocol. What the library tells of itself is for whoever looks closely. */
function toHostLevel(level: string, category: string): LogLevel {
  if (level === 'information') return category === 'user' ? 'info' : 'debug'
  return logLevels.find((name) => name === level) ?? 'debug'
}

function toLogCategory(category: string, functionName = ''): string {
  return category === 'user' ? `Function.${functionName}.User` : 'Worker'
}
