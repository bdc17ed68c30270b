import type { IncomingMessage, ServerResponse } from 'node:http'

import type { Chaos } from '../chaos/chaos.ts'
import type { Clock } from '../time/clock.ts'

/** Runs a durable function in the app's worker. The value is the worker's return value, typed data already turned into a JavaScript value (json parsed). */
export type DurableInvoke = (call: {
  functionName: string
  kind: 'orchestration' | 'activity' | 'entity'
  instanceId: string
  /** The text the trigger gets; null: no data at all. */
  input: string | null
  /** It is to run in an instance of its own, since it may crash or hang that of others. */
  isAlone?: boolean
}) => Promise<
  | { ok: true; value: unknown }
  | {
      ok: false
      message: string
      stack?: string
      workerLost?: boolean
      /** With `workerLost`: the worker crashed or hung, and nobody else ended it. */
      workerCrashed?: boolean
      /** It was lost too often, and is not tried again. */
      isGivenUp?: boolean
    }
>

/** The durable part of one app. */
export interface DurableHub {
  /** JSON text for the durableClient input binding. */
  readonly clientBinding: () => string
  /** Answers what is mounted at /runtime/webhooks/durabletask/; `path` is what follows it. */
  handleManagement(request: IncomingMessage, response: ServerResponse, path: string): Promise<void>
  /** What an operator sees under a path such as `instances/ID`, as JSON; undefined where there is nothing. Only while the hub runs. */
  inspect(path: string, query: URLSearchParams): unknown
  /** What waits or runs now, and how much of it one instance of the app is meant to have. */
  demands(): { source: string; count: number; perInstance: number }[]
  start(): Promise<void>
  /** What it is at that goes on by itself, a line each. */
  busyWith(): readonly string[]
  /** Starts nothing new and waits for what runs. */
  drain(): Promise<void>
  close(): Promise<void>
}

/** What a hub has to know of its app. */
export interface DurableHubOptions {
  appName: string
  hubName: string
  databaseFile: string
  /** Such as http://localhost:7071. */
  baseUrl: () => string
  /** extensions.durableTask of host.json. */
  hostJson: unknown
  functions: { orchestrations: string[]; activities: string[]; entities: string[] }
  invoke: DurableInvoke
  log: (level: 'debug' | 'info' | 'warning' | 'error', message: string) => void
  systemKey: string
  /** The time of histories, timers and back-offs. */
  clock: Clock
  /** What is done to activities and episodes that the cloud does too. By default nothing. */
  chaos?: Chaos
  /** Instances of the app that share the work: so many times over the limits of host.json hold. By default 1. */
  width?: () => number
}

/** Makes the hub of an app. */
export type CreateDurableHub = (options: DurableHubOptions) => DurableHub
