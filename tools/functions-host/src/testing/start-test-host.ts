import { mkdtempSync, rmSync } from 'node:fs'
import nodeModule from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { AppSettings } from '../config/app-settings.ts'
import { readLocalSettings } from '../config/local-settings.ts'
import { HostError } from '../errors.ts'
import { startFunctionsHost } from '../host.ts'
import { comeToRest } from './come-to-rest.ts'
import type { LogEntry } from './kept-log.ts'
import { keepLog } from './kept-log.ts'
import { startQueueService } from './queue-service/queue-service.ts'
import { TestClock } from './test-clock.ts'
import { TestHost } from './test-host.ts'

/** What Azurite's own ports are called in a setting. */
const developmentStorage = 'UseDevelopmentStorage=true'

/** How long functions that still run may take to end at disposal, ms of the machine, unless said otherwise. */
const usualDrainMs = 500

/** How long whatever is due at one time may take, ms of the machine. */
const restMs = 10_000

/** The app of a test, and what it is to meet. */
export interface TestHostOptions {
  /** The folder of the app, with its host.json. */
  readonly directory: string
  /** Settings, before those of local.settings.json and of the environment. */
  readonly settings?: AppSettings
  /** By default one that stands at the time of the machine. */
  readonly clock?: TestClock
  /** Only these functions. */
  readonly functions?: readonly string[]
  /** Whether requests need the keys of their functions' levels. */
  readonly isAuthEnforced?: boolean
  /** How long functions that still run may take to end at disposal, ms of the machine. By default half a second. */
  readonly drainMs?: number
  /** Told of each entry of the log, such as to print it. */
  readonly onLog?: (entry: LogEntry) => void
}

/**
 * Starts an app in this process, on a free port, at a time that the test owns, with state in a folder of its own that is removed
 * at disposal. Works in any test runner, Jest's sandbox included.
 *
 * Its storage is a queue service in memory, in place of AzureWebJobsStorage and of every setting that is
 * `UseDevelopmentStorage=true`. An app that needs blobs or tables needs the connection string of Azurite in `settings`.
 *
 * Several test hosts may run at the same time, of one app too: each loads the app's files and the libraries of Functions anew. What is
 * one for a process they share: other libraries, the working directory, and the environment. Settings are put into
 * `process.env` and taken back at disposal; of two hosts with different values of one setting, code that reads it there sees
 * those of the host that started last.
 *
 * @throws HostError when the app cannot start, naming what to mend
 */
export async function startTestHost(options: TestHostOptions): Promise<TestHost> {
  const { directory, clock = new TestClock(), drainMs = usualDrainMs } = options
  if (!('registerHooks' in nodeModule))
    throw new HostError(`A test host needs Node 22.15 or later; this is Node ${process.versions.node}.`)
  const { log, entries } = keepLog(clock, options.onLog)
  const dataDirectory = mkdtempSync(join(tmpdir(), 'functions-test-host-'))
  const closers = [
    async (): Promise<void> => rmSync(dataDirectory, { recursive: true, force: true, maxRetries: 3 }),
  ]
  // The last one first; whoever comes again waits for the same end.
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => (closing ??= closeAll(closers.toReversed()))
  try {
    const queues = await startQueueService({ clock })
    closers.push(() => queues.close())
    const host = await startFunctionsHost({
      apps: [
        {
          directory,
          port: 0,
          settings: settingsFor(options, queues.connectionString),
          ...(options.functions ? { functions: options.functions } : {}),
        },
      ],
      clock,
      dataDirectory,
      drainMs,
      isAuthEnforced: options.isAuthEnforced === true,
      isInProcess: true,
      log: () => log,
    })
    closers.push(() => host.close())
    const [app] = host.apps
    if (!app) throw new HostError(`${directory} did not start.`)
    const testHost = new TestHost({ app, clock, entries, dispose: close })
    const stopListening = queues.onVisible((queueName) => host.wake(queueName))
    const detach = clock.attach({ rest: () => comeToRest(app, restMs), idle: () => testHost.idle() })
    closers.push(async () => {
      detach()
      stopListening()
    })
    await testHost.idle()
    return testHost
  } catch (error) {
    await close()
    throw error
  }
}

async function closeAll(closers: readonly (() => Promise<void>)[]): Promise<void> {
  for (const close of closers) await close()
}

function settingsFor({ directory, settings = {} }: TestHostOptions, storage: string): AppSettings {
  const { values } = readLocalSettings(directory)
  const given = { ...values, AzureWebJobsStorage: storage, ...settings }
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, value === developmentStorage ? storage : value]),
  )
}
