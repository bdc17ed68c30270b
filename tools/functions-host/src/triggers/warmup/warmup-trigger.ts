import type { Listener, TriggerKind } from '../../trigger.ts'

/** The warmup trigger: runs once, when the app starts. */
export const warmupTrigger: TriggerKind = {
  types: ['warmuptrigger'],
  expressionNames: () => [],
  mayOverlap: true,
  listen(functions, context): Listener {
    const running: Promise<unknown>[] = []
    return {
      async start() {
        for (const target of functions)
          running.push(context.invoke(target, { data: { json: '{}' }, reason: 'Warmup.' }))
      },
      async drain() {
        await Promise.all(running)
      },
    }
  },
}
