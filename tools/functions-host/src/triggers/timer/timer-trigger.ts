import type { Listener, TriggerKind } from '../../trigger.ts'
import { readSingletonSettings } from './singleton-settings.ts'
import { TimerListener } from './timer-listener.ts'
import { openTimerStore } from './timer-store.ts'

/** The timer trigger. */
export const timerTrigger: TriggerKind = {
  types: ['timertrigger'],
  expressionNames: () => [],
  listen(functions, context): Listener {
    readSingletonSettings(context.config.singleton)
    const listeners = functions.map((target) => new TimerListener(target, context))
    return {
      async start() {
        const store = openTimerStore(context)
        for (const listener of listeners) listener.start(store)
      },
      async drain() {
        await Promise.all(listeners.map((listener) => listener.drain()))
      },
      busyWith: () => listeners.filter(({ isAtRest }) => !isAtRest).map(({ name }) => `the timer ${name}`),
      async fromText({ metadata }, text) {
        const listener = listeners.find(({ name }) => name === metadata.name)
        return { data: listener?.inputOfNow ?? { string: text } }
      },
    }
  },
}
