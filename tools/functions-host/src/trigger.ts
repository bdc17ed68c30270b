import type { IncomingMessage, ServerResponse } from 'node:http'

import type { AppConfig } from './config/app-config.ts'
import type { Chaos } from './chaos/chaos.ts'
import type { Clock } from './time/clock.ts'
import type { HostKeys } from './keys/host-keys.ts'
import type { Log } from './logging/log.ts'
import type { Binding, FunctionMetadata, Invocation } from './worker/protocol.ts'
import type { FunctionWorker, InvocationResult } from './worker/function-worker.ts'

/** One function with the binding that triggers it. */
export interface TriggeredFunction {
  readonly metadata: FunctionMetadata
  readonly trigger: Binding
  /** By a setting, `AzureWebJobs.<name>.Disabled`. */
  readonly isDisabled?: boolean
}

/** What an invocation is made of; id, tracing and inputs are added by the host. */
export interface InvocationRequest {
  readonly data: Invocation['inputData'][number]['data']
  readonly triggerMetadata?: Invocation['triggerMetadata']
  readonly traceParent?: string
  readonly retryContext?: Invocation['retryContext']
  /** Why it runs, for the log. */
  readonly reason: string
  readonly invocationId?: string
  /** Where it runs; by default on the worker with the least to do. */
  readonly worker?: FunctionWorker
  /** It runs in an instance of its own, which ends with it: it may crash or hang that of others. */
  readonly isAlone?: boolean
  /** What set it off, for the log: name -> value. */
  readonly triggerDetails?: Readonly<Record<string, string | number>>
}

/** What a text that was given by hand is to a function. */
export type HandInput = Pick<InvocationRequest, 'data' | 'triggerMetadata'>

/** What a trigger can use of its host. */
export interface TriggerContext {
  readonly config: AppConfig
  readonly keys: HostKeys
  readonly log: Log
  /** Folder for what must survive a restart. */
  readonly stateDirectory: string
  /** Who holds leases, among all hosts that run this app. */
  readonly instanceName: string
  readonly clock: Clock
  /** What is done to messages and events that the cloud does too; usually nothing. */
  readonly chaos: Chaos
  baseUrl(): string
  /** The worker with the least to do, at once where there is one, for a function by its id. Rejects when the host closes. */
  worker(functionId?: string): FunctionWorker | Promise<FunctionWorker>
  /** Instances that share the work, 1 at least: how many times over the limits of one instance hold. */
  width(): number
  /** Runs a function; never throws. Output bindings have been written when it resolves with success. */
  invoke(target: TriggeredFunction, request: InvocationRequest): Promise<InvocationResult>
}

/** Work of one source, which instances share. */
export interface Demand {
  /** What it is of, such as `queue "orders"`. */
  readonly source: string
  /** Messages, changes, requests or tasks that wait or run. */
  readonly count: number
  /** How many of them one instance is meant to have. */
  readonly perInstance: number
}

/** What waits for one function. */
export interface Backlog {
  readonly functionName: string
  /** Such as the name of a queue. */
  readonly source: string
  /** Messages that wait, about; absent where the source is not there or does not answer. */
  readonly waiting?: number
  /** Messages that failed too often, about; absent where nothing holds such. */
  readonly poisoned?: number
}

/** All functions of one trigger kind, listening. */
export interface Listener {
  start(): Promise<void>
  /** Takes nothing new in and waits for what runs. */
  drain(): Promise<void>
  /** Somebody knows that this source (a queue or container) has something new; `item`: which of its items it is. */
  wake?(source: string, item?: string): void
  /** Its webhook is open to all, even where the host asks for keys. */
  readonly needsNoKey?: boolean
  /**
   * What a text that somebody gave by hand, at the admin door, is to one of its functions; without this, the text itself.
   * @throws Error for a text that is nothing to it, or where no text is, saying how the function is run instead
   */
  fromText?(target: TriggeredFunction, text: string): Promise<HandInput>
  /** How much waits at its sources, where that can be told. */
  backlog?(): Promise<readonly Backlog[]>
  /** What its functions have to do now, running included, for whoever decides how many instances run; without it, what runs of them counts as requests do. */
  demands?(): Promise<readonly Demand[]> | readonly Demand[]
  /**
   * What it is at, a line each, that goes on without anything from outside and without time going by; none: it is at rest. What
   * its functions do is known anyway, and without this nothing else is.
   */
  busyWith?(): readonly string[]
  /** Lines of the start-up list; without it, the name and the trigger of each function. */
  describe?(): readonly string[]
  /** Answers a request that is for none of the host's own doors; false, at once, when it is for no function either. */
  handleRequest?(request: IncomingMessage, response: ServerResponse): false | Promise<void>
  /** What a function gets for a binding of one of the kind's `clientTypes`; the listener has started, or failed to. @throws HostError */
  clientInput?(): string
  /** What it shows of itself under `/admin/host/<kind>/`, as JSON; undefined where nothing is. The listener has started. */
  inspect?(path: string, query: URLSearchParams): unknown
  /** Answers a request under `/runtime/webhooks/<kind>/`. */
  handleWebhook?(request: IncomingMessage, response: ServerResponse, path: string): Promise<void>
}

/** A kind of trigger: makes one listener for all of its functions. Knows nothing of other kinds. */
export interface TriggerKind {
  /** Binding types that it serves, lower case. */
  readonly types: readonly string[]
  /** Name under `/runtime/webhooks/`, where it has one. */
  readonly webhook?: string
  /** Bindings, lower case, by which any function uses its listener (`clientInput`): it is there for one of them, even without functions of its own. */
  readonly clientTypes?: readonly string[]
  /**
   * What the expressions of a function's other bindings can name, where its trigger tells at start; without this, anything.
   * @throws HostError for a trigger that cannot be read
   */
  expressionNames?(target: TriggeredFunction, config: AppConfig): readonly string[]
  /**
   * Listeners of two generations of an app may run at the same time. Without it the next ones start, at a restart,
   * when those before have drained.
   */
  readonly mayOverlap?: boolean
  /** Its listener gets the disabled functions too. */
  readonly takesDisabled?: boolean
  /** Other functions use it while they run: it drains after them. */
  readonly drainsLast?: boolean
  /**
   * Makes the listener. Until it is started it must touch nothing that one before it may still hold.
   * @throws HostError or NotImplementedError, naming the function and what to mend
   */
  listen(functions: readonly TriggeredFunction[], context: TriggerContext): Promise<Listener> | Listener
}
