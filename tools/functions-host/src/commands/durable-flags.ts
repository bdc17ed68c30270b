import { resolve } from 'node:path'

import type { Command } from 'commander'
import { InvalidArgumentError } from 'commander'

import { readAppConfig } from '../config/app-config.ts'
import type { HostAddress } from './host-connection.ts'
import { parsePort } from './start-flags.ts'
import { UsageError } from './usage-error.ts'

/** Flags that every durable command has: which app, and how to show what it answers. */
export interface DurableFlags {
  readonly host: string
  readonly port?: number
  readonly app?: string
  readonly code?: string
  readonly json?: boolean
}

const usualPort = 7071

/** Adds the flags that say which app; wrong arguments are thrown, for exit code 2. */
export function addDurableFlags(command: Command): Command {
  return command
    .option('-p, --port <port>', 'port of the app (7071)', parsePort)
    .option('--host <address>', 'address of the app', '127.0.0.1')
    .option('--app <DIR[:PORT]>', 'which app, where several run: its port is the LocalHttpPort of its folder')
    .option('--code <key>', 'key, where the host asks for keys: the master key')
    .option('--json', 'answer in JSON, for programs')
    .exitOverride()
}

/** Where the app is that flags name. @throws HostError for a folder that holds no app, UsageError for two ports */
export function addressOf({ host, port, app, code }: DurableFlags): HostAddress {
  const [, folder, ownPort] = /^(.+?)(?::(\d+))?$/.exec(app ?? '') ?? []
  if (folder !== undefined && port !== undefined)
    throw new UsageError('--app names an app by its folder, or as DIR:PORT: leave --port out.')
  const named = ownPort === undefined ? undefined : parsePort(ownPort)
  const local =
    folder === undefined || named !== undefined ? undefined : readAppConfig(resolve(folder), {}).localPort
  return { host, port: port ?? named ?? local ?? usualPort, ...(code === undefined ? {} : { code }) }
}

const unitsMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** A time: ISO 8601, or how long ago, such as 90s, 15m, 2h, 7d. @returns ms since 1970 */
export function parseTime(text: string): number {
  const [, count, unit = ''] = /^(\d+(?:\.\d+)?)\s*([smhd])$/i.exec(text.trim()) ?? []
  const ms =
    count === undefined
      ? Date.parse(text)
      : Date.now() - Number(count) * (unitsMs[unit.toLowerCase()] ?? Number.NaN)
  if (Number.isNaN(ms))
    throw new InvalidArgumentError('expected how long ago (90s, 15m, 2h, 7d) or a time (2026-01-31T12:00Z)')
  return ms
}

/** A whole number of at least 1. */
export function parseCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('expected a whole number, 1 or more')
  return Number(text)
}

const states = ['Running', 'Pending', 'Suspended', 'Completed', 'Failed', 'Terminated']

/** States, parted by commas or given one by one, whatever their case. */
export function parseStates(text: string, before: readonly string[] = []): readonly string[] {
  const found = text.split(/[\s,]+/).filter((part) => part !== '')
  return [
    ...before,
    ...found.map((part) => {
      const state = states.find((known) => known.toLowerCase() === part.toLowerCase())
      if (state === undefined) throw new InvalidArgumentError(`"${part}" is none of ${states.join(', ')}`)
      return state
    }),
  ]
}
