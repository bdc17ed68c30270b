import type { CoreState } from './core-module.ts'
import type { HookedLog, LogContext } from './log-hooks.ts'

/** Runs the app's hooks of one name, in order, each when the one before has ended; those that one of them adds come last. */
export async function runHooks(
  state: CoreState,
  name: string,
  context: Record<string, unknown>,
  { log, logContext }: { readonly log: HookedLog; readonly logContext?: LogContext | undefined },
): Promise<void> {
  const hooks = state.hooks.get(name) ?? []
  if (hooks.length === 0) return
  // Tools wait for these words.
  const say = (message: string): void => log({ level: 'debug', category: 'system', message }, logContext)
  say(`Executing ${hooks.length} "${name}" hooks`)
  for (const hook of hooks) await hook(context)
  say(`Executed "${name}" hooks`)
}
