import { join, resolve } from 'node:path'

import type { AppOptions, HostSettings } from './app-host.ts'
import { AppHost } from './app-host.ts'
import type { AppConfig } from './config/app-config.ts'
import { consoleLog, quietDefaults } from './logging/console-log.ts'
import { HostError } from './errors.ts'
import type { Log } from './logging/log.ts'
import type { Clock } from './time/clock.ts'
import { systemClock } from './time/clock.ts'

/** What to host. */
export interface FunctionsHostOptions {
  readonly apps: readonly AppOptions[]
  /** Folder for what must survive a restart: durable instances, timer status. By default `.functions-host` in the first app. */
  readonly dataDirectory?: string
  readonly hostname?: string
  /** Flags of Node for the workers, such as `--inspect`, after those of the setting `languageWorkers__node__arguments`. */
  readonly workerArguments?: readonly string[]
  /** The time that triggers, retries and durable functions go by; by default the machine's. */
  readonly clock?: Clock
  /** Do to messages, events and activities what the cloud does to them: twice, late, out of order, and instances killed. The same seed does the same. */
  readonly chaos?: { readonly seed: number }
  /** How long running functions may take to end when the host closes, ms. By default 5 seconds; queue messages go back at once after it. */
  readonly drainMs?: number
  /** Ask for the keys of functions, as in Azure; off on a laptop. */
  readonly isAuthEnforced?: boolean
  /** Run the functions of the only app in this process, without the safety of one of their own: for tests. */
  readonly isInProcess?: boolean
  /** Restart an app when its code or its configuration changes. */
  readonly isWatched?: boolean
  /** Gives up the start: apps that still load are ended, and the start is rejected. */
  readonly signal?: AbortSignal
  /** Makes the log of an app. By default on standard output: what functions say, and what goes wrong. */
  readonly log?: (app: AppConfig) => Log
  /** Told of each app as soon as it serves. */
  readonly onReady?: (app: AppHost) => void
  /** Told when an app has been loaded anew. */
  readonly onReloaded?: (app: AppHost) => void
}

/** A running host. */
export interface FunctionsHost extends AsyncDisposable {
  readonly apps: readonly AppHost[]
  /** A queue or container has something new: its listeners poll at once, or look at the `item` alone. */
  wake(source: string, item?: string): void
  close(): Promise<void>
}

/** Starts a host for one or several apps; each has its own port and its own worker process. @throws HostError naming what to mend */
export async function startFunctionsHost(options: FunctionsHostOptions): Promise<FunctionsHost> {
  const dataDirectory = options.dataDirectory ?? join(options.apps[0]?.directory ?? '.', '.functions-host')
  const shared: HostSettings = {
    clock: options.clock ?? systemClock,
    ...(options.chaos ? { chaosSeed: options.chaos.seed } : {}),
    drainMs: options.drainMs ?? 5000,
    isAuthEnforced: options.isAuthEnforced === true,
    isInProcess: options.isInProcess === true,
    dataDirectory,
    workerArguments: options.workerArguments ?? [],
    hostname: options.hostname ?? '127.0.0.1',
    log: options.log ?? quietLog,
    ...(options.signal ? { signal: options.signal } : {}),
  }
  const watchers: Promise<AsyncDisposable>[] = []
  const started = await Promise.allSettled(
    options.apps.map(async (app) => {
      const starting = AppHost.start(app, shared)
      // What changes while the app loads has not been seen by it, or not as a whole.
      if (options.isWatched) watchers.push(reloadOnChange(app, starting, { options, dataDirectory }))
      const host = await starting
      // Whoever hears that it is ready may change its code at once.
      await Promise.all(watchers)
      options.onReady?.(host)
      return host
    }),
  )
  const apps = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const close = async (): Promise<void> => {
    await Promise.all(watchers.map(async (watcher) => (await watcher)[Symbol.asyncDispose]()))
    await Promise.all(apps.map((app) => app.close()))
  }
  const failed = started.find((result) => result.status === 'rejected')
  if (failed) {
    await close()
    throw options.apps.length > 1
      ? withApp(failed.reason, options.apps[started.indexOf(failed)])
      : failed.reason
  }
  return {
    apps,
    close,
    wake: (source, item) => apps.forEach((app) => app.wake(source, item)),
    [Symbol.asyncDispose]: close,
  }
}

/** Watches the folder of an app from now on; what changes before it has started is loaded once it has. */
async function reloadOnChange(
  { directory }: AppOptions,
  starting: Promise<AppHost>,
  { options, dataDirectory }: { readonly options: FunctionsHostOptions; readonly dataDirectory: string },
): Promise<AsyncDisposable> {
  // Its library is for those who develop.
  const { watchApp } = await import('./watch-app.ts')
  const folder = resolve(directory)
  // That an app does not start is told by whoever waits for it.
  const whenStarted = (act: (app: AppHost) => unknown): void => void starting.then(act, () => {})
  return watchApp({
    directory: folder,
    except: [dataDirectory],
    onError: ({ message }) =>
      whenStarted((app) => app.log('warning', `Changes of ${folder} are not seen any more: ${message}`)),
    onChange: (files) => whenStarted((app) => reload(app, files)),
  })

  async function reload(app: AppHost, files: readonly string[]): Promise<void> {
    const startedAt = performance.now()
    if (!(await app.restart())) return
    const others = files.length > 1 ? ` and ${files.length - 1} more` : ''
    const durationMs = Math.round(performance.now() - startedAt)
    app.log('info', `Reloaded in ${durationMs} ms: ${files[0]}${others} changed.`, 'Host.Lifecycle')
    options.onReloaded?.(app)
  }
}

function quietLog({ name, logRules }: AppConfig): Log {
  return consoleLog({ rules: logRules, defaults: quietDefaults, prefix: name })
}

/** Says which of several apps a fault is of. */
function withApp(reason: unknown, app: AppOptions | undefined): unknown {
  return reason instanceof HostError ? new HostError(`${app?.directory}: ${reason.message}`) : reason
}
