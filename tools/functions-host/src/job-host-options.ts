import type { Chaos } from './chaos/chaos.ts'
import type { AppConfig } from './config/app-config.ts'
import type { HostKeys } from './keys/host-keys.ts'
import type { Log } from './logging/log.ts'
import type { AppMetrics } from './metrics/app-metrics.ts'
import type { WorkerSettings } from './spawn-worker.ts'
import type { Clock } from './time/clock.ts'

/** What a job host needs. */
export interface JobHostOptions {
  readonly config: AppConfig
  readonly log: Log
  readonly keys: HostKeys
  readonly metrics: AppMetrics
  /** Folder for what must survive a restart. */
  readonly stateDirectory: string
  readonly baseUrl: () => string
  /** Only these functions. */
  readonly only: readonly string[] | undefined
  /** Name of this host among others that share its sources. */
  readonly instanceName: string
  /** How workers are started, whose time it is, and how long running functions may take to end, ms. */
  readonly host: WorkerSettings & { readonly clock: Clock; readonly drainMs: number }
  /** Gives up loading, which may never end by itself. */
  readonly signal: AbortSignal | undefined
  readonly chaos: Chaos
}
