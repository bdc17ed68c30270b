import type { CoreState } from './core-module.ts'
import { hookContext } from './hook-context.ts'
import type { WorkerLogEntry } from './protocol.ts'

/** The invocation that an entry belongs to, as hooks see it. */
export interface LogContext {
  readonly hookData: object
  readonly invocationContext: unknown
}

/** Takes an entry for the log. */
export type HookedLog = (entry: WorkerLogEntry, context?: LogContext) => void

const levels: ReadonlySet<string> = new Set([
  'trace',
  'debug',
  'information',
  'warning',
  'error',
  'critical',
  'none',
])

/**
 * Makes a log that shows each entry to the app's log hooks first. They may change level and message of what the app's own code says
 * (the level `none` drops it), nothing else; a hook that throws changes nothing. What hooks say themselves is not shown to them.
 */
export function makeHookedLog(state: CoreState, write: (entry: WorkerLogEntry) => void): HookedLog {
  let isInHook = false
  return (entry, context) => {
    const hooks = state.hooks.get('log') ?? []
    if (hooks.length === 0 || isInHook) return write(entry)
    const shown = hookContext(
      {
        hookData: context?.hookData ?? {},
        appHookData: state.appHookData,
        category: entry.category,
        invocationContext: context?.invocationContext,
      },
      { level: entry.level, message: entry.message },
    )
    isInHook = true
    try {
      for (const hook of hooks) hook(shown)
    } catch {
      return write(entry)
    } finally {
      isInHook = false
    }
    if (entry.category !== 'user') return write(entry)
    const level = levels.has(String(shown['level'])) ? String(shown['level']) : entry.level
    if (level !== 'none') write({ ...entry, level, message: String(shown['message']) })
  }
}
