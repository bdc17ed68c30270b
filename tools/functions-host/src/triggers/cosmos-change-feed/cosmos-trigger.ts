import type { CosmosClient } from '@azure/cosmos'

import { connectCosmos } from '../../storage/connections.ts'
import type { Listener, TriggerKind } from '../../trigger.ts'
import { FeedListener } from './feed-listener.ts'
import { readFeedSettings } from './feed-settings.ts'

/** Changes of one range that are counted for whoever looks at the backlog. */
const mostToCount = 1000

/** The Cosmos DB change feed trigger. */
export const cosmosTrigger: TriggerKind = {
  types: ['cosmosdbtrigger'],
  expressionNames: () => [],
  async listen(functions, context): Promise<Listener> {
    const connect = (name: string): Promise<CosmosClient> => connectCosmos(context.config.settings, name)
    const listeners = await Promise.all(
      functions.map(async (target) => {
        const settings = readFeedSettings(target, context.config.settings)
        if (target.trigger['preferredLocations'])
          context.log(
            'warning',
            `${target.metadata.name}: preferredLocations is passed over, the account's default region is read.`,
          )
        const source = await connect(settings.connection)
        const leases = await connect(settings.leaseConnection)
        return new FeedListener(target, { settings, context, source, leases })
      }),
    )
    return {
      async start() {
        for (const listener of listeners) listener.start()
      },
      async drain() {
        await Promise.all(listeners.map((listener) => listener.drain()))
      },
      busyWith: () => listeners.flatMap((listener) => listener.busyWith()),
      backlog: () =>
        Promise.all(
          listeners.map(async (listener) => ({
            functionName: listener.functionName,
            source: listener.containerName,
            ...(await listener.waiting(mostToCount).then(
              (waiting) => ({ waiting }),
              // The feed does not answer just now.
              () => ({}),
            )),
          })),
        ),
      // A range is handled one batch after the other: it keeps one instance busy at most.
      demands: () =>
        Promise.all(
          listeners.map(async (listener) => ({
            source: `changes of "${listener.containerName}"`,
            count: await listener.waiting(listener.perInstance),
            perInstance: listener.perInstance,
          })),
        ),
      wake(source) {
        for (const listener of listeners) if (listener.containerName === source) listener.wake()
      },
    }
  },
}
