import pico from 'picocolors'

import type { LogDefaults, LogRules } from './log-filter.ts'
import { makeLogFilter } from './log-filter.ts'
import type { Log, LogLevel } from './log.ts'

/** Colours where somebody looks, or where FORCE_COLOR asks for them; none in a pipe, whose reader looks for words. */
export const colours = pico.createColors(
  pico.isColorSupported && (process.stdout.isTTY || process.env['FORCE_COLOR'] !== undefined),
)

/** How a log on standard output looks, and what is in it. */
export interface ConsoleLogOptions {
  /** Levels of host.json. */
  readonly rules: LogRules
  readonly defaults: LogDefaults
  /** Stands before every line, after the time: the app, where there are several. */
  readonly prefix?: string
}

/** What is shown of several apps in one terminal: what their code says, and what went wrong. */
export const quietDefaults: LogDefaults = { user: 'info', functions: 'warning', host: 'info' }
/** What is shown of one app, as Core Tools do. */
export const singleAppDefaults: LogDefaults = { user: 'info', functions: 'info', host: 'warning' }
/** What `--verbose` shows. */
export const verboseDefaults: LogDefaults = { user: 'info', functions: 'debug', host: 'debug' }

const paints: Readonly<Record<LogLevel, (text: string) => string>> = {
  trace: colours.gray,
  debug: colours.gray,
  info: String,
  warning: colours.yellow,
  error: colours.red,
  critical: colours.red,
}

/** A log on standard output; each line begins with the time in UTC, as tools that read it expect. */
export function consoleLog({ rules, defaults, prefix }: ConsoleLogOptions): Log {
  const isShown = makeLogFilter(rules, defaults)
  const log: Log = (level, message, category = 'Host.General') => {
    if (!isShown(level, category)) return
    const head = `${colours.gray(`[${new Date().toISOString()}]`)} ${prefix === undefined ? '' : `${prefix}: `}`
    const isRun = level === 'info' && category.startsWith('Function') && !category.endsWith('.User')
    const paint = isRun ? colours.cyan : paints[level]
    process.stdout.write(
      message
        .split(/\r?\n/)
        .map((line) => `${head}${paint(line)}\n`)
        .join(''),
    )
  }
  return Object.assign(log, { isShown })
}
