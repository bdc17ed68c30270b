// `functions-host start`: runs function apps. Flags are those of `func start` where both have them.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

import { Command, InvalidArgumentError } from 'commander'
import pico from 'picocolors'

import type { AppOptions } from './app-host.ts'
import { HostError } from './errors.ts'
import { startFunctionsHost } from './host.ts'
import { consoleLog } from './log.ts'

interface StartFlags {
  readonly port: number
  readonly host: string
  readonly data?: string
  readonly functions?: string[]
  readonly verbose?: boolean
  readonly enableAuth?: boolean
  readonly app?: AppOptions[]
}

/** `DIR:PORT` or `DIR:PORT:ENVFILE`; the file is JSON, setting -> text. */
function parseApp(text: string, before: AppOptions[] | undefined): AppOptions[] {
  const match = /^(.+?):(\d+)(?::(.+))?$/.exec(text)
  if (!match?.[1]) throw new InvalidArgumentError('expected DIR:PORT or DIR:PORT:ENVFILE')
  const settings = match[3] ? (JSON.parse(readFileSync(match[3], 'utf8')) as Record<string, string>) : {}
  return [...(before ?? []), { directory: resolve(match[1]), port: Number(match[2]), settings }]
}

async function start(flags: StartFlags): Promise<void> {
  const own: AppOptions = {
    directory: process.cwd(),
    port: flags.port,
    ...(flags.functions ? { functions: flags.functions } : {}),
  }
  const host = await startFunctionsHost({
    apps: flags.app ?? [own],
    hostname: flags.host,
    isAuthEnforced: flags.enableAuth === true,
    ...(flags.data ? { dataDirectory: resolve(flags.data) } : {}),
    log: (name) => consoleLog(name, flags.verbose === true),
    onReady(app) {
      console.log(pico.bold(`Functions of ${app.name}:`))
      for (const line of app.describe()) console.log(`  ${line}`)
      console.log(`Host ready: ${JSON.stringify({ app: app.name, url: app.url })}`)
    },
  })
  let isEnding = false
  const end = (): void => {
    if (isEnding) process.exit(130)
    isEnding = true
    void host.close().then(() => process.exit(0))
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
}

const program = new Command('functions-host').description('Runs Azure Functions apps written for Node.')
program
  .command('start')
  .description('start the app in this folder, or several apps')
  .option('-p, --port <port>', 'port of the app', Number, 7071)
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .option('--data <folder>', 'folder for durable instances and timers')
  .option('--functions <names...>', 'only these functions')
  .option('--verbose', 'log every invocation')
  .option('--enableAuth', 'ask for the keys of functions, as in Azure')
  .option('--app <DIR:PORT[:ENVFILE]>', 'an app to host (may be repeated)', parseApp)
  .action(start)

try {
  await program.parseAsync()
} catch (error) {
  console.error(pico.red(error instanceof HostError ? error.message : String((error as Error).stack)))
  process.exit(1)
}
