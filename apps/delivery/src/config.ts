import { connection, defineApp } from '@zoetrope/app-kit'

/** What the app needs: settings, containers. */
export const app = defineApp({
  name: 'delivery',
  settings: {
    storage: connection('ZOETROPE_STORAGE', {
      account: 'media-storage',
      help: 'Storage account of sources, renditions and queues.',
    }),
    cosmos: connection('ZOETROPE_COSMOS', { account: 'cosmos', help: 'Cosmos DB account of the product.' }),
  },
  blobContainers: { reads: ['renditions'] },
  cosmosContainers: { reads: ['library', 'playback'] },
})
