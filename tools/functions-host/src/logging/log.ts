/** Levels of the log, the least first. */
export const logLevels = ['trace', 'debug', 'info', 'warning', 'error', 'critical'] as const

/** A level of the log. */
export type LogLevel = (typeof logLevels)[number]

/**
 * Writes one entry of the log, of one line or several.
 *
 * `category` says who speaks, in the names that host.json filters by: `Function.<name>` (the host, of a function's runs),
 * `Function.<name>.User` (its code), `Host.Lifecycle` (start, reload and end; shown wherever information is). By default the host.
 */
export interface Log {
  (level: LogLevel, message: string, category?: string): void
  /** Whether an entry would be shown, for whoever makes many of them; without this, all are. */
  readonly isShown?: (level: LogLevel, category: string) => boolean
}
