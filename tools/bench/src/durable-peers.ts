import type { Peer } from './running-peer.ts'

/** BullMQ whose redis syncs its file as told: `everysec` may lose a second to a loss of power, `always` loses nothing. */
const bullmq = (appendfsync: 'everysec' | 'always'): Peer => ({
  name: `BullMQ 6.7.0 flows, redis appendfsync ${appendfsync}`,
  packages: ['bullmq@6.7.0', 'ioredis@5.11.1'],
  programs: ['redis-server'],
  server: 'peers/bullmq.mjs',
  parameters: [appendfsync],
})

const restate: Peer = {
  name: 'Restate 1.7.12, ctx.run',
  packages: ['@restatedev/restate-server@1.7.12', '@restatedev/restate-sdk@1.17.2'],
  programs: [],
  server: 'peers/restate.mjs',
  parameters: [],
}

const dbos: Peer = {
  name: 'DBOS 5.3.0, runStep, PostgreSQL with fsync',
  packages: ['@dbos-inc/dbos-sdk@5.3.0'],
  programs: ['initdb', 'postgres', 'psql'],
  server: 'peers/dbos.mjs',
  parameters: [],
}

/** The peers, in the order of the table. */
export const durablePeers: readonly Peer[] = [bullmq('everysec'), bullmq('always'), restate, dbos]
