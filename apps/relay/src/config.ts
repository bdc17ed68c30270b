import { connection, defineApp } from '@zoetrope/app-kit'

/** What the app needs: settings, containers. */
export const app = defineApp({
  name: 'relay',
  settings: {
    cosmos: connection('ZOETROPE_COSMOS', { account: 'cosmos', help: 'Cosmos DB account of the product.' }),
    replica: connection('ZOETROPE_COSMOS_REPLICA', {
      account: 'cosmos-replica',
      help: 'Cosmos DB account of the backup.',
    }),
  },
  cosmosContainers: {
    reads: ['library', 'jobs', 'catalog', 'playback', 'events', 'leases'],
    writes: ['events', 'usage', 'leases'],
    replicates: ['library', 'jobs', 'catalog', 'playback'],
  },
  metrics: ['replica.lagMs'],
})
