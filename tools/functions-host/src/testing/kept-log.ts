import type { Log, LogLevel } from '../logging/log.ts'
import type { Clock } from '../time/clock.ts'

/** What the host or a function has logged. */
export interface LogEntry {
  /** ms since 1970, by the clock of the host. */
  readonly timeMs: number
  readonly level: LogLevel
  readonly message: string
  /** Who speaks, in the names that host.json filters by, such as `Function.<name>.User`; empty: the host. */
  readonly category: string
}

/** The log of a test host keeps no more entries; the oldest go. */
const mostEntries = 10_000

/** Keeps what is logged, of every level. */
export function keepLog(
  clock: Clock,
  onLog: ((entry: LogEntry) => void) | undefined,
): { readonly log: Log; readonly entries: readonly LogEntry[] } {
  const entries: LogEntry[] = []
  const log: Log = (level, message, category = '') => {
    const entry = { timeMs: clock.now(), level, message, category }
    entries.push(entry)
    if (entries.length > mostEntries) entries.shift()
    onLog?.(entry)
  }
  return { log, entries }
}
