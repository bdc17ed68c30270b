import { randomInt, randomUUID } from 'node:crypto'
import { resolve } from 'node:path'

import { Command } from 'commander'

import type { AppConfig } from '../config/app-config.ts'
import type { AppHost, AppOptions } from '../app-host.ts'
import { longestTimerMs } from '../time/clock.ts'
import {
  colours,
  consoleLog,
  quietDefaults,
  singleAppDefaults,
  verboseDefaults,
} from '../logging/console-log.ts'
import { readCorsPolicy } from '../server/cors.ts'
import { HostError, NotImplementedError } from '../errors.ts'
import type { FunctionsHost, FunctionsHostOptions } from '../host.ts'
import { startFunctionsHost } from '../host.ts'
import type { LogDefaults } from '../logging/log-filter.ts'
import { parseLogLevel } from '../logging/log-filter.ts'
import type { Log } from '../logging/log.ts'
import type { StartFlags } from './start-flags.ts'
import { addStartFlags } from './start-flags.ts'
import { describeFunctions, describeVersions } from './start-up-list.ts'
import { readWorkerArguments } from '../worker/worker-arguments.ts'

/** `start`: runs the app in this folder as Core Tools do, or several apps quietly. */
export function startCommand(): Command {
  const command = new Command('start').description('start the app in this folder, or several apps')
  return addStartFlags(command).action((operands: string[], flags: StartFlags) => start(operands, flags))
}

async function start(operands: string[], flags: StartFlags): Promise<void> {
  refuseWhatIsNotBuilt(flags)
  const workerArguments = readWorkerArguments(flags, operands)
  const plan = flags.app ? severalApps(flags, flags.app) : singleApp(flags)
  const deadline = flags.timeout === undefined ? undefined : failAfter(flags.timeout)
  const ending = new AbortController()
  const starting = startFunctionsHost({
    ...plan,
    signal: ending.signal,
    hostname: flags.host,
    workerArguments,
    isAuthEnforced: flags.enableAuth === true,
    ...chaosOf(flags),
    ...(flags.data ? { dataDirectory: resolve(flags.data) } : {}),
  })
  endOnSignal(starting, ending, flags.app !== undefined)
  await starting.catch((error: unknown) => {
    if (!ending.signal.aborted) throw error
  })
  clearTimeout(deadline)
}

/** The first signal, or the end of whoever reads the output, closes the host or gives its start up; the second signal ends the process at once. */
function endOnSignal(starting: Promise<FunctionsHost>, ending: AbortController, isQuiet: boolean): void {
  let isEnding = false
  const end = (): void => {
    if (isEnding) process.exit(130)
    isEnding = true
    if (!isQuiet) console.log('Ending, as soon as what runs has ended. Ctrl-C again ends at once.')
    ending.abort()
    void starting
      .then(
        (host) => host.close(),
        () => {},
      )
      .then(
        () => process.exit(0),
        (error: Error) => {
          console.error(colours.red(`The host could not end in peace: ${error.stack}`))
          process.exit(1)
        },
      )
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, end)
  // Whoever read the output has gone: a program, or a terminal.
  for (const output of [process.stdout, process.stderr])
    output.on('error', () => {
      if (!isEnding) end()
    })
}

/** Chaos by the seed that was asked for, or by any, which is said. */
function chaosOf({ chaos }: StartFlags): Pick<FunctionsHostOptions, 'chaos'> {
  if (chaos === undefined) return {}
  const seed = chaos === true ? randomInt(1_000_000) : chaos
  console.log(
    `Chaos: seed ${seed}. Messages, events and activities come twice and late, instances are killed. Repeat with --chaos ${seed}`,
  )
  return { chaos: { seed } }
}

type Plan = Pick<FunctionsHostOptions, 'apps' | 'log' | 'onReady' | 'onReloaded' | 'isWatched'>

/** Several apps: each line names its app, and only what somebody has to know is logged. @throws HostError for flags that one app alone can have */
function severalApps(flags: StartFlags, apps: readonly AppOptions[]): Plan {
  if (flags.port !== undefined) throw new HostError('--port goes with one app; with --app, write DIR:PORT.')
  if (flags.scriptRoot !== undefined || flags.prefix !== undefined)
    throw new HostError('--script-root goes with one app; with --app, write DIR:PORT.')
  const defaults = withFlags(flags, quietDefaults)
  const shared = sharedOptions(flags)
  return {
    apps: apps.map((app) => ({ ...app, ...shared })),
    log: ({ name, logRules }) => consoleLog({ rules: logRules, defaults, prefix: name }),
    onReady(app) {
      console.log(colours.bold(`Functions of ${app.name}:`))
      for (const line of app.describe()) console.log(`  ${line}`)
      announce(app)
    },
  }
}

/** One app: what Core Tools print, in their order; programs wait for these lines. */
function singleApp(flags: StartFlags): Plan {
  const defaults = withFlags(flags, singleAppDefaults)
  const logOf = ({ logRules }: Pick<AppConfig, 'logRules'>): Log => consoleLog({ rules: logRules, defaults })
  console.log(describeVersions())
  const own: AppOptions = {
    directory: resolve(flags.scriptRoot ?? flags.prefix ?? '.'),
    ...(flags.port === undefined ? {} : { port: flags.port }),
    ...sharedOptions(flags),
  }
  let listed = ''
  return {
    apps: [own],
    log: logOf,
    isWatched: flags.watch,
    onReloaded(app) {
      const list = app.describe().join('\n')
      if (list !== listed) console.log(describeFunctions(app))
      listed = list
    },
    onReady(app) {
      listed = app.describe().join('\n')
      console.log(describeFunctions(app))
      if (!flags.verbose) console.log(colours.cyan('For detailed output, run func with --verbose flag.'))
      const log = logOf({ logRules: {} })
      log('info', 'Worker process started and initialized.', 'Host.Lifecycle')
      const instanceId = randomUUID().replaceAll('-', '').toUpperCase()
      log('info', `Host lock lease acquired by instance ID '${instanceId}'.`, 'Host.Lifecycle')
      announce(app)
    },
  }
}

/** What flags say of every app. @throws HostError */
function sharedOptions(
  flags: StartFlags,
): Pick<AppOptions, 'functions' | 'cors' | 'instances' | 'idleMs' | 'hangMs'> {
  const cors = readCorsPolicy(flags.cors, flags.corsCredentials === true, '--cors')
  return {
    ...(flags.functions ? { functions: flags.functions } : {}),
    ...(cors ? { cors } : {}),
    ...(flags.instances === undefined ? {} : { instances: flags.instances }),
    ...(flags.idle === undefined ? {} : { idleMs: flags.idle }),
    ...(flags.hangAfter === undefined ? {} : { hangMs: flags.hangAfter }),
  }
}

/** One line for whoever starts this host from a program. */
function announce(app: AppHost): void {
  console.log(`Host ready: ${JSON.stringify({ app: app.name, url: app.url })}`)
}

function withFlags(flags: StartFlags, usual: LogDefaults): LogDefaults {
  const defaults = flags.verbose ? verboseDefaults : usual
  const level = flags.userLogLevel ?? process.env['FUNCTIONS_USER_LOG_LEVEL']
  return level === undefined ? defaults : { ...defaults, user: parseLogLevel(level, '--user-log-level') }
}

function failAfter(seconds: number): NodeJS.Timeout {
  return setTimeout(
    () => {
      console.error(colours.red(`The app has not started within ${seconds} s (--timeout).`))
      process.exit(1)
    },
    Math.min(seconds * 1000, longestTimerMs),
  )
}

function refuseWhatIsNotBuilt(flags: StartFlags): void {
  if (flags.useHttps || flags.cert || flags.password)
    throw new NotImplementedError('HTTPS (--useHttps, --cert, --password)')
  if (flags.runtime !== undefined && flags.runtime !== 'default')
    throw new HostError(`--runtime ${flags.runtime} is for apps in .NET; this host runs apps for Node.`)
}
