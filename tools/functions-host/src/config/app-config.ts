import { basename, join, resolve } from 'node:path'

import type { CorsPolicy } from '../server/cors.ts'
import { HostError } from '../errors.ts'
import { toHostId } from './host-id.ts'
import { readExtensions, readHostJson } from './host-json.ts'
import type { HttpSettings } from './http-settings.ts'
import { readHttpSettings } from './http-settings.ts'
import type { InstanceSettings } from './instance-settings.ts'
import { readInstanceSettings } from './instance-settings.ts'
import type { JsonSection } from './json-section.ts'
import { readLocalSettings } from './local-settings.ts'
import type { LogRules } from '../logging/log-filter.ts'
import { readLogRules, readLogSettings } from '../logging/log-filter.ts'
import type { AppSettings } from './app-settings.ts'
import { ownEnvironment } from './process-environment.ts'
import { parseTimeSpan } from '../time/time-span.ts'

/** What is known of an app before its code is loaded. */
export interface AppConfig {
  readonly directory: string
  readonly name: string
  /** Identifies this app's host among others that share a storage account. */
  readonly hostId: string
  readonly settings: AppSettings
  readonly http: HttpSettings
  /** ms; Infinity for none. */
  readonly functionTimeoutMs: number
  /** `extensions` of host.json. */
  readonly extensions: Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>
  readonly retry: Readonly<Record<string, unknown>> | undefined
  /** `singleton` of host.json. */
  readonly singleton: JsonSection
  /** `functions` of host.json: only these, when given. */
  readonly onlyFunctions: readonly string[] | undefined
  /** `customHandler` of host.json, or `httpWorker`: another program than a worker of Node serves the functions. */
  readonly customHandler: JsonSection | undefined
  /** It stands under `httpWorker`, its older name. */
  readonly isHttpWorker: boolean
  /** `logging.logLevel` of host.json and of the settings. */
  readonly logRules: LogRules
  /** `Host.LocalHttpPort` of local.settings.json. */
  readonly localPort: number | undefined
  /** Pages of other origins that browsers let in; undefined for none. */
  readonly cors: CorsPolicy | undefined
  readonly instances: InstanceSettings
}

const defaultTimeout = '00:30:00'
/** Where host.json describes a custom handler; the first that is there holds. */
const handlerNames = ['customHandler', 'httpWorker'] as const

/** Reads host.json and local.settings.json of an app; given settings and the environment win over the file. @throws HostError naming file and property */
export function readAppConfig(folder: string, given: AppSettings): AppConfig {
  const directory = resolve(folder)
  const local = readLocalSettings(directory)
  const settings = { ...local.values, ...ownEnvironment(), ...given }
  checkForProcess({ ...local.values, ...given })
  const host = readHostJson(directory, settings)
  checkRuntime(host, settings)
  const name = basename(directory) || 'app'
  const handlerName = handlerNames.find((candidate) => host.get(candidate) !== undefined)
  return {
    directory,
    name,
    hostId: toHostId(directory, settings['AzureFunctionsWebHost__hostid']),
    settings,
    http: readHttpSettings(host, settings),
    functionTimeoutMs: readTimeout(host),
    extensions: readExtensions(host),
    retry: host.get('retry') === undefined ? undefined : host.section('retry').value,
    singleton: host.section('singleton'),
    onlyFunctions: host.texts('functions'),
    customHandler: handlerName && host.section(handlerName),
    isHttpWorker: handlerName === 'httpWorker',
    logRules: {
      ...readLogRules(host.section('logging').value, join(directory, 'host.json')),
      ...readLogSettings(settings),
    },
    localPort: local.port,
    cors: local.cors,
    instances: readInstanceSettings(settings),
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

/** `functionTimeout`, ms: a time span of a second or more, or -1 for none. */
function readTimeout(host: JsonSection): number {
  const text = String(host.get('functionTimeout') ?? defaultTimeout)
  if (text === '-1' || text === '-1.00:00:00') return Number.POSITIVE_INFINITY
  const where = host.place('functionTimeout')
  if (/^\d+$/.test(text))
    throw new HostError(`${where} is ${text}, which would be days. Write a time span such as "00:05:00".`)
  const timeoutMs = parseTimeSpan(text, where)
  if (timeoutMs < 1000) throw new HostError(`${where} is ${text}; the least is "00:00:01", and -1 is none.`)
  return timeoutMs
}

/** What is no environment of a process would only be found out when a worker starts. */
function checkForProcess(settings: AppSettings): void {
  const broken = Object.entries(settings).find((entry) => entry.some((text) => text?.includes('\0')))
  if (broken)
    throw new HostError(
      `The setting ${JSON.stringify(broken[0])} holds a NUL character, which no environment of a process can have. Take it out.`,
    )
}

/** An app of another language runs as a custom handler only. */
function checkRuntime(host: JsonSection, settings: AppSettings): void {
  const runtime = settings['FUNCTIONS_WORKER_RUNTIME']
  if (
    !runtime ||
    runtime.toLowerCase() === 'node' ||
    handlerNames.some((name) => host.get(name) !== undefined)
  )
    return
  throw new HostError(
    `FUNCTIONS_WORKER_RUNTIME is "${runtime}", but this host runs Node apps and custom handlers. Set it to "node", or describe a customHandler in host.json.`,
  )
}
