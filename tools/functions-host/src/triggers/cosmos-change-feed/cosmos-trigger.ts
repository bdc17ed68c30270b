import { connectCosmos } from '../../connections.ts'
import type { Listener, TriggerKind } from '../../trigger.ts'
import { FeedListener } from './feed-listener.ts'
import { readFeedSettings } from './feed-settings.ts'

/** The Cosmos DB change feed trigger (latest version mode). */
export const cosmosTrigger: TriggerKind = {
  types: ['cosmosdbtrigger'],
  expressionNames: () => [],
  async listen(functions, context): Promise<Listener> {
    const all = functions.map((target) => ({
      target,
      settings: readFeedSettings(target, context.config.settings),
    }))
    const names = new Set(all.flatMap(({ settings }) => [settings.connection, settings.leaseConnection]))
    const clients = new Map(
      await Promise.all(
        [...names].map(async (name) => [name, await connectCosmos(context.config.settings, name)] as const),
      ),
    )
    const clientOf = (name: string): ReturnType<typeof clients.get> & object => {
      const client = clients.get(name)
      if (!client) throw new Error(`No client for ${name}`)
      return client
    }
    const listeners = all.map(({ target, settings }) => {
      return new FeedListener(target, {
        settings,
        context,
        source: clientOf(settings.connection),
        leases: clientOf(settings.leaseConnection),
      })
    })
    return {
      async start() {
        for (const listener of listeners) listener.start()
      },
      async drain() {
        await Promise.all(listeners.map((listener) => listener.drain()))
      },
      wake(source) {
        for (const listener of listeners) if (listener.containerName === source) listener.wake()
      },
    }
  },
}
