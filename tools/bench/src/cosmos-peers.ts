import type { Peer } from './running-peer.ts'

/** The one other Cosmos emulator on npm. */
export const vercelCosmos: Peer = {
  name: '@vercel/cosmosdb-server 1.0.1, in memory',
  packages: ['@vercel/cosmosdb-server@1.0.1'],
  programs: [],
  server: 'peers/vercel-cosmos.mjs',
  parameters: [],
}
