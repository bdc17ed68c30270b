import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

import type { Command } from 'commander'
import { InvalidArgumentError, Option } from 'commander'

import type { AppOptions } from '../app-host.ts'
import { parseInstanceRange, parseSecondsAsMs } from '../config/instance-settings.ts'
import type { WorkerFlags } from '../worker/worker-arguments.ts'

/** What `start` was asked for. */
export interface StartFlags extends WorkerFlags {
  readonly port?: number
  readonly host: string
  readonly scriptRoot?: string
  readonly prefix?: string
  readonly data?: string
  readonly functions?: string[]
  readonly verbose?: boolean
  readonly userLogLevel?: string
  readonly enableAuth?: boolean
  /** Seconds. */
  readonly timeout?: number
  /** False: `--no-watch`. */
  readonly watch: boolean
  readonly app?: AppOptions[]
  /** Seed; true: any. */
  readonly chaos?: number | true
  readonly instances?: string
  /** ms. */
  readonly idle?: number
  /** ms. */
  readonly hangAfter?: number
  readonly cors?: string
  readonly corsCredentials?: boolean
  readonly useHttps?: boolean
  readonly cert?: string
  readonly password?: string
  readonly runtime?: string
}

/** Adds the flags of `func start`, and those of our own, to a command. */
export function addStartFlags(command: Command): Command {
  return (
    command
      .argument('[workerArguments...]', 'after --language-worker --: flags of Node for the worker')
      .option(
        '-p, --port <port>',
        'port of the app (LocalHttpPort of local.settings.json, else 7071)',
        parsePort,
      )
      .option('--host <address>', 'address to listen on', parseHost, '127.0.0.1')
      .addOption(new Option('--script-root <folder>', 'folder of the app (this one)'))
      .addOption(new Option('--prefix <folder>', 'the same').hideHelp())
      .option('--data <folder>', 'folder for durable instances, timers and keys')
      .option('--functions <names...>', 'only these functions')
      .option('--verbose', 'log what the host does, too')
      .option('--user-log-level <level>', 'least level shown of what functions log')
      .option('--enableAuth', 'ask for the keys of functions, as in Azure')
      .option('-t, --timeout <seconds>', 'give up when the app has not started by then', parseSeconds)
      .option('--inspect [address]', 'let a debugger attach to the functions, at [host:]port')
      .option('--no-watch', 'do not load the app anew when its code changes')
      .option('--language-worker [arguments]', 'flags of Node for the worker')
      .option('--app <DIR:PORT[:ENVFILE]>', 'an app to host, quietly (may be repeated)', parseApp)
      .option(
        '--instances <N|MIN-MAX>',
        'copies of the app: 3, or 0-5 for as many as there is work',
        parseInstances,
      )
      .option('--idle <seconds>', 'less to do for so long ends instances (30)', parseIdle)
      .option('--hang-after <seconds>', 'code that blocks its instance so long costs it (30)', parseHang)
      .option('--chaos [seed]', 'messages come twice, late and out of order; instances are killed', parseSeed)
      .option('--cors <origins>', 'pages that browsers let in: origins parted by commas, or *')
      .option('--cors-credentials', 'let those pages send cookies')
      .addOption(new Option('--useHttps').hideHelp())
      .addOption(new Option('--cert <file>').hideHelp())
      .addOption(new Option('--password <text>').hideHelp())
      .addOption(new Option('--runtime <name>').hideHelp())
      // Flags for other languages, without effect on an app for Node.
      .addOption(new Option('--no-build').hideHelp())
      .addOption(new Option('--dotnet-isolated-debug').hideHelp())
      .addOption(new Option('--enable-json-output').hideHelp())
      .addOption(new Option('--json-output-file <file>').hideHelp())
  )
}

/** A port out of a flag. @throws InvalidArgumentError */
export function parsePort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('expected a port, 0 to 65535')
  return port
}

function parseSeed(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('expected a whole number, 0 to 999999999')
  return Number(text)
}

function parseInstances(text: string): string {
  refused(() => parseInstanceRange(text, 'it'))
  return text
}

const parseIdle = (text: string): number => refused(() => parseSecondsAsMs(text, 'it'))
const parseHang = parseIdle

/** What commander says names the flag itself. */
function refused<Value>(parse: () => Value): Value {
  try {
    return parse()
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message)
  }
}

function parseHost(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('expected a name or an address')
  return text
}

function parseSeconds(text: string): number {
  if (!/^\d+$/.test(text) || Number(text) === 0) throw new InvalidArgumentError('expected seconds, 1 or more')
  return Number(text)
}

/** `DIR:PORT` or `DIR:PORT:ENVFILE`; the file is JSON, setting -> text. */
function parseApp(text: string, before: AppOptions[] | undefined): AppOptions[] {
  const match = /^(.+?):(\d+)(?::(.+))?$/.exec(text)
  if (!match?.[1]) throw new InvalidArgumentError('expected DIR:PORT or DIR:PORT:ENVFILE')
  const settings = match[3] ? readSettings(match[3]) : {}
  return [...(before ?? []), { directory: resolve(match[1]), port: parsePort(match[2] ?? ''), settings }]
}

function readSettings(file: string): Record<string, string> {
  const settings = parseSettings(file)
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings))
    throw new InvalidArgumentError(`${file} must be an object, setting -> text`)
  const entries = Object.entries(settings).filter(([, value]) => value !== null)
  const broken = entries.find(([, value]) => typeof value === 'object')
  if (broken) throw new InvalidArgumentError(`${file}: ${broken[0]} must be text in quotes`)
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]))
}

function parseSettings(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new InvalidArgumentError(`${file} cannot be read as JSON: ${(error as Error).message}`)
  }
}
