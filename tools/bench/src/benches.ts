import type { Bench } from './bench.ts'
import { httpWorkerBench } from './benches/http-worker.ts'
import { blobLatencyBench } from './benches/blob-latency.ts'
import { queueLatencyBench } from './benches/queue-latency.ts'

/** Every bench, in the order of the table. */
export const benches: readonly Bench[] = [httpWorkerBench, queueLatencyBench, blobLatencyBench]
