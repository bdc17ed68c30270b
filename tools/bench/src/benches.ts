import type { Bench } from './bench.ts'
import { blobLatencyBench } from './benches/blob-latency.ts'
import { cosmosItemsBench } from './benches/cosmos-items.ts'
import { cosmosMillionBench } from './benches/cosmos-million.ts'
import { cosmosQueriesBench } from './benches/cosmos-queries.ts'
import { durableChainBench } from './benches/durable-chain.ts'
import { durableLargeBench } from './benches/durable-large.ts'
import { durablePeersBench } from './benches/durable-peers.ts'
import { httpInProcessBench } from './benches/http-in-process.ts'
import { httpStreamingBench } from './benches/http-streaming.ts'
import { httpWorkerBench } from './benches/http-worker.ts'
import { memoryBench } from './benches/memory.ts'
import { queueLatencyBench } from './benches/queue-latency.ts'
import { startBench } from './benches/start.ts'

/** Every bench, in the order of the table. */
export const benches: readonly Bench[] = [
  httpInProcessBench,
  httpWorkerBench,
  httpStreamingBench,
  startBench,
  memoryBench,
  blobLatencyBench,
  queueLatencyBench,
  cosmosItemsBench,
  cosmosQueriesBench,
  cosmosMillionBench,
  durableChainBench,
  durableLargeBench,
  durablePeersBench,
]
