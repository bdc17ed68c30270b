import type { Heartbeat } from './heartbeat.ts'
import type { Instance } from './instance.ts'

/** What an instance does: `hung` when a worker of it is late with its answer, and will be replaced. */
export type InstanceState = 'starting' | 'ready' | 'busy' | 'hung' | 'stopping'

/** What is known of an instance. */
export interface InstanceFigures {
  /** From 1; what the log calls it. */
  readonly number: number
  /** `WEBSITE_INSTANCE_ID` of its workers. */
  readonly id: string
  readonly state: InstanceState
  /** Of its workers that are there. */
  readonly pids: readonly number[]
  /** ISO time. */
  readonly startedAt: string
  /** Invocations that it has now. */
  readonly running: number
  /** Invocations that it was given so far. */
  readonly invocations: number
  /** Time that the last start of a worker took, ms; absent while the first one starts. */
  readonly coldStartMs?: number
  /** Of its workers together, when they were asked last; absent before. */
  readonly memoryBytes?: number
}

/** The figures of an instance as they are now. */
export function figuresOf(instance: Instance, heartbeat: Heartbeat): InstanceFigures {
  const { number, id, workers, startedAt, running, invocations, startMs } = instance
  const memory = workers.flatMap((worker) => heartbeat.memoryOf(worker) ?? [])
  return {
    number,
    id,
    state: stateOf(instance, heartbeat),
    pids: workers.flatMap(({ pid }) => pid ?? []),
    startedAt: startedAt.toISOString(),
    running,
    invocations,
    ...(startMs === undefined ? {} : { coldStartMs: startMs }),
    ...(memory.length === 0 ? {} : { memoryBytes: memory.reduce((sum, bytes) => sum + bytes, 0) }),
  }
}

function stateOf({ isEnding, workers, running }: Instance, heartbeat: Heartbeat): InstanceState {
  if (isEnding) return 'stopping'
  if (workers.length === 0) return 'starting'
  if (workers.some((worker) => heartbeat.isLate(worker))) return 'hung'
  return running > 0 ? 'busy' : 'ready'
}
