import type {
  FunctionInput,
  HttpHandler,
  HttpMethod,
  InvocationContext,
  RetryOptions,
  Timer,
} from '@azure/functions'
import { app as functions } from '@azure/functions'
import type { MetricName, TenantId } from '@zoetrope/contracts'
import type { z } from 'zod'

import type { App, AppManifest } from './app.ts'
import type { HttpDefinition } from './http.ts'
import { makeHttpHandler, ok } from './http.ts'
import { logOutcome, traceIdOf } from './log.ts'
import type { QueueDefinition } from './queue.ts'
import { makeQueueHandler } from './queue.ts'
import { readRelease } from './release.ts'
import type { Setting } from './settings.ts'
import { isSet } from './settings.ts'

/** A timer function. Schedules are UTC; a `%NAME%` takes the setting of that name. */
export interface TimerDefinition<Deps> {
  readonly name: string
  readonly schedule: string
  readonly extraInputs?: FunctionInput[]
  handle(deps: Deps, context: InvocationContext): Promise<void>
}

/** A change feed function: every change of a container, at least once, in order within a partition key. */
export interface ChangeFeedDefinition<Deps> {
  readonly name: string
  readonly containerName: string
  /** Connection setting of the account that is watched. */
  readonly connection: string
  readonly databaseName: string
  handle(documents: readonly Record<string, unknown>[], deps: Deps, context: InvocationContext): Promise<void>
}

/** One HTTP function as /openapi.json needs it. */
export type HttpRoute = Pick<
  HttpDefinition<never, z.ZodType, z.ZodType, z.ZodType>,
  | 'name'
  | 'methods'
  | 'route'
  | 'auth'
  | 'summary'
  | 'params'
  | 'query'
  | 'body'
  | 'rawContentTypes'
  | 'answer'
>

/** The edge of one app: registers functions, and gives back their bare handlers for tests. */
export interface Edge<Deps> {
  http<
    P extends z.ZodType = z.ZodUnknown,
    Q extends z.ZodType = z.ZodUnknown,
    B extends z.ZodType = z.ZodUnknown,
  >(
    definition: HttpDefinition<Deps, P, Q, B>,
  ): HttpHandler
  queue<S extends z.ZodType>(
    definition: QueueDefinition<Deps, S>,
  ): (message: unknown, context: InvocationContext) => Promise<void>
  timer(definition: TimerDefinition<Deps>): (timer: Timer, context: InvocationContext) => Promise<void>
  changeFeed(
    definition: ChangeFeedDefinition<Deps>,
  ): (documents: unknown[], context: InvocationContext) => Promise<void>
  /** Every HTTP function registered so far. */
  readonly routes: readonly HttpRoute[]
}

/** How soon a change is noticed, ms. */
const feedPollDelayMs = 1000

/** A failed batch is tried again for ever: without a policy the host would go on and lose it. */
const retryForEver: RetryOptions = {
  strategy: 'exponentialBackoff',
  maxRetryCount: -1,
  minimumInterval: { seconds: 1 },
  maximumInterval: { minutes: 1 },
}

/** Makes the edge of an app. `GET /health` comes with it: 200 once the settings are read, with the release that runs. */
export function createEdge<
  S extends Record<string, Setting<unknown>>,
  Deps,
  M extends MetricName = never,
>(options: {
  readonly app: App<S, M>
  /** What functions work with, for one invocation. */
  readonly deps: (context: InvocationContext) => Deps
  readonly authenticate?: (authorization: string | null, deps: Deps) => Promise<TenantId>
  readonly corsOrigins?: () => readonly string[]
  /** Connection setting of the queues. */
  readonly queueConnection?: string
}): Edge<Deps> {
  const routes: HttpRoute[] = []
  // In a package this file is part of the bundle, and the package.json beside it is the package's.
  const release = readRelease(import.meta.dirname)
  const methodsAt = (route: string): HttpMethod[] =>
    routes.filter((other) => other.route === route).flatMap(({ methods }) => methods)
  const edge: Edge<Deps> = {
    routes,
    http(definition) {
      const handler = makeHttpHandler(definition, { ...options, methodsAt })
      // Two functions must not share a method at one route: the first one there answers the preflights of all.
      const answersPreflights = options.corsOrigins !== undefined && methodsAt(definition.route).length === 0
      routes.push(definition)
      functions.http(definition.name, {
        methods: answersPreflights ? [...definition.methods, 'OPTIONS'] : [...definition.methods],
        route: definition.route,
        authLevel: definition.auth === 'function' ? 'function' : 'anonymous',
        ...(definition.extraInputs ? { extraInputs: definition.extraInputs } : {}),
        handler,
      })
      return handler
    },
    queue(definition) {
      const handler = makeQueueHandler(definition, options.deps)
      const connection = options.queueConnection ?? 'ZOETROPE_STORAGE'
      functions.storageQueue(definition.name, {
        queueName: definition.queueName,
        connection,
        ...(definition.extraInputs ? { extraInputs: definition.extraInputs } : {}),
        handler,
      })
      return handler
    },
    timer(definition) {
      const handler = logged((_timer: Timer, context) => definition.handle(options.deps(context), context))
      functions.timer(definition.name, {
        schedule: resolveSchedule(definition.schedule, options.app.manifest),
        ...(definition.extraInputs ? { extraInputs: definition.extraInputs } : {}),
        handler,
      })
      return handler
    },
    changeFeed(definition) {
      const handler = logged((documents: unknown[], context) =>
        definition.handle(documents as Record<string, unknown>[], options.deps(context), context),
      )
      functions.cosmosDB(definition.name, {
        connection: definition.connection,
        databaseName: definition.databaseName,
        containerName: definition.containerName,
        leaseContainerName: 'leases',
        leaseContainerPrefix: `${definition.name}-`,
        startFromBeginning: true,
        feedPollDelay: feedPollDelayMs,
        retry: retryForEver,
        handler,
      })
      return handler
    },
  }
  edge.http({
    name: 'health',
    methods: ['GET'],
    route: 'health',
    auth: 'none',
    summary: 'Says that the app can serve.',
    handle: () => {
      options.app.load()
      return ok({ status: 'ok', app: options.app.name, ...release })
    },
  })
  return edge
}

/** `%NAME%` where that setting is not set: the default of the setting, which the host does not know. */
function resolveSchedule(schedule: string, manifest: AppManifest): string {
  const name = /^%(\w+)%$/.exec(schedule)?.[1]
  const known = manifest.settings.find((candidate) => candidate.name === name)
  return known?.default !== undefined && !isSet(known.name) ? known.default : schedule
}

/** Logs one line per run; an error goes on to the host, which retries. */
function logged<T>(
  handle: (input: T, context: InvocationContext) => Promise<void>,
): (input: T, context: InvocationContext) => Promise<void> {
  return async (input, context) => {
    const startedAt = performance.now()
    const traceId = traceIdOf(context)
    try {
      await handle(input, context)
      logOutcome(context, { outcome: 'ok', durationMs: Math.round(performance.now() - startedAt), traceId })
    } catch (thrown) {
      logOutcome(
        context,
        { outcome: 'failed', durationMs: Math.round(performance.now() - startedAt), traceId },
        thrown,
      )
      throw thrown
    }
  }
}
