import { HostError } from '../errors.ts'
import type { LogLevel } from './log.ts'
import { logLevels } from './log.ts'

/** The least level that is shown; `none`: nothing is. */
export type MinimumLevel = LogLevel | 'none'

/** Categories, or the beginnings of some, with the least level shown of each. `default` (in any case) holds for the rest. */
export type LogRules = Readonly<Record<string, MinimumLevel>>

/** What is shown where host.json has no rule. */
export interface LogDefaults {
  /** Of the code of functions. */
  readonly user: MinimumLevel
  /** Of what the host says about each run of a function. */
  readonly functions: MinimumLevel
  readonly host: MinimumLevel
}

/** Whether an entry is shown. */
export type LogFilter = (level: LogLevel, category: string) => boolean

/** Names of levels in host.json, in lower case. */
const namedLevels: Readonly<Record<string, MinimumLevel>> = {
  trace: 'trace',
  debug: 'debug',
  information: 'info',
  warning: 'warning',
  error: 'error',
  critical: 'critical',
  none: 'none',
}

/** Reads a level as host.json and flags name it, in any case. @throws HostError */
export function parseLogLevel(text: unknown, where: string): MinimumLevel {
  const level = namedLevels[String(text).toLowerCase()]
  if (level) return level
  throw new HostError(
    `${where}: "${String(text)}" is no log level. Use Trace, Debug, Information, Warning, Error, Critical or None.`,
  )
}

/** Reads `logging` of host.json: its `logLevel`. What it says of Application Insights and of files is Azure's. @throws HostError */
export function readLogRules(logging: unknown, where: string): LogRules {
  const { logLevel } = (logging ?? {}) as { logLevel?: unknown }
  if (logLevel === undefined) return {}
  if (typeof logLevel !== 'object' || logLevel === null || Array.isArray(logLevel))
    throw new HostError(`${where}: "logging.logLevel" must be an object, category -> level.`)
  return Object.fromEntries(
    Object.entries(logLevel).map(([category, level]) => [
      category,
      parseLogLevel(level, `${where}: logging.logLevel.${category}`),
    ]),
  )
}

/** Rules that settings have, `logging__logLevel__<category>`; in Azure they stand above those of host.json. @throws HostError */
export function readLogSettings(settings: Readonly<Record<string, string | undefined>>): LogRules {
  return Object.fromEntries(
    Object.entries(settings).flatMap(([name, level]) => {
      const category = /^logging(?:__|:)logLevel(?:__|:)(.+)$/i.exec(name)?.[1]
      return category && level ? [[category, parseLogLevel(level, `The setting ${name}`)]] : []
    }),
  )
}

/** Makes a filter: the rule with the longest beginning of the category decides, then `default`, then the defaults. */
export function makeLogFilter(rules: LogRules, defaults: LogDefaults): LogFilter {
  const named = Object.entries(rules).map(
    ([category, level]) => [category.toLowerCase().replace(/\*$/, ''), level] as const,
  )
  const general = named.find(([category]) => category === 'default')?.[1]
  const prefixes = named
    .filter(([category]) => category !== 'default')
    .toSorted(([a], [b]) => b.length - a.length)
  const minimumOf = (category: string): MinimumLevel => {
    const name = category.toLowerCase()
    const rule = prefixes.find(([prefix]) => name.startsWith(prefix))
    if (rule) return rule[1]
    if (category === 'Host.Lifecycle') return 'info'
    return general ?? defaults[groupOf(category)]
  }
  const known = new Map<string, number>()
  return (level, category) => {
    let minimum = known.get(category)
    if (minimum === undefined) {
      minimum = rankOf(minimumOf(category))
      known.set(category, minimum)
    }
    return logLevels.indexOf(level) >= minimum
  }
}

function groupOf(category: string): keyof LogDefaults {
  // What a custom handler prints, as the real host names it.
  if (category === 'Host.Function.Console') return 'user'
  if (!category.startsWith('Function')) return 'host'
  return category.endsWith('.User') ? 'user' : 'functions'
}

function rankOf(minimum: MinimumLevel): number {
  return minimum === 'none' ? Number.POSITIVE_INFINITY : logLevels.indexOf(minimum)
}
