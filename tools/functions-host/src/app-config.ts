import { existsSync, readFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { join, resolve } from 'node:path'

import { HostError } from './errors.ts'
import type { LogRules } from './log-filter.ts'
import { readLogRules } from './log-filter.ts'
import { parseTimeSpan } from './time-span.ts'

/** Settings of an app: what its process gets as environment. */
export type AppSettings = Readonly<Record<string, string | undefined>>

/** What is known of an app before its code is loaded. */
export interface AppConfig {
  readonly directory: string
  readonly name: string
  /** Identifies this app's host among others that share a storage account. */
  readonly hostId: string
  readonly settings: AppSettings
  readonly routePrefix: string
  /** ms; Infinity for none. */
  readonly functionTimeoutMs: number
  /** `extensions` of host.json. */
  readonly extensions: Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>
  readonly retry: Readonly<Record<string, unknown>> | undefined
  /** `functions` of host.json: only these, when given. */
  readonly onlyFunctions: readonly string[] | undefined
  /** `logging.logLevel` of host.json. */
  readonly logRules: LogRules
  /** `Host.LocalHttpPort` of local.settings.json. */
  readonly localPort: number | undefined
}

const defaultTimeout = '00:30:00'

/** Reads host.json and local.settings.json of an app; given settings and the environment win over the file. @throws HostError */
export function readAppConfig(folder: string, given: AppSettings): AppConfig {
  const directory = resolve(folder)
  const hostFile = join(directory, 'host.json')
  if (!existsSync(hostFile)) throw new HostError(`${directory} is no function app: it has no host.json.`)
  const host = readJson(hostFile)
  if (host['version'] !== '2.0') throw new HostError(`${hostFile}: "version" must be "2.0".`)
  const localFile = join(directory, 'local.settings.json')
  const local = existsSync(localFile) ? readJson(localFile) : {}
  const settings = { ...(local['Values'] as AppSettings | undefined), ...process.env, ...given }
  const extensions = withOverrides((host['extensions'] ?? {}) as AppConfig['extensions'], settings)
  const name = directory.split(/[\\/]/).at(-1) ?? 'app'
  const timeout = String(host['functionTimeout'] ?? defaultTimeout)
  return {
    directory,
    name,
    hostId:
      settings['AzureFunctionsWebHost__hostid'] ??
      `${name.slice(0, 20)}-${createHash('sha256').update(directory).digest('hex').slice(0, 8)}`.toLowerCase(),
    settings,
    routePrefix: String(extensions['http']?.['routePrefix'] ?? 'api').replace(/^\/+|\/+$/g, ''),
    functionTimeoutMs:
      timeout === '-1' ? Number.POSITIVE_INFINITY : parseTimeSpan(timeout, `${hostFile}: functionTimeout`),
    extensions,
    retry: host['retry'] as AppConfig['retry'],
    onlyFunctions: host['functions'] as string[] | undefined,
    logRules: readLogRules(host['logging'], hostFile),
    localPort: (local['Host'] as { LocalHttpPort?: number } | undefined)?.LocalHttpPort,
  }
}

/** Replaces `%NAME%` by settings. @throws HostError naming the setting that is missing */
export function resolveSettings(text: string, settings: AppSettings, where: string): string {
  return text.replaceAll(/%([^%]+)%/g, (_whole, name: string) => {
    const value = settings[name]
    if (value === undefined) throw new HostError(`${where}: %${name}% names a setting that is not set.`)
    return value
  })
}

function readJson(file: string): Record<string, unknown> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
  } catch (error) {
    throw new HostError(`${file} is not valid JSON: ${(error as Error).message}`)
  }
}

/** `AzureFunctionsJobHost__extensions__queues__batchSize=4` overrides the value of host.json. */
function withOverrides(extensions: AppConfig['extensions'], settings: AppSettings): AppConfig['extensions'] {
  const copy = structuredClone(extensions) as Record<string, Record<string, unknown>>
  for (const [key, value] of Object.entries(settings)) {
    const path = /^AzureFunctionsJobHost__extensions__([^_]+)__(.+)$/.exec(key)
    if (!path?.[1] || !path[2] || value === undefined) continue
    const section = Object.keys(copy).find((name) => name.toLowerCase() === path[1]?.toLowerCase()) ?? path[1]
    const target = (copy[section] ??= {})
    const name =
      Object.keys(target).find((existing) => existing.toLowerCase() === path[2]?.toLowerCase()) ?? path[2]
    target[name] = /^\d+$/.test(value) ? Number(value) : value
  }
  return copy
}
