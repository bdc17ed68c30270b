import type {
  FunctionInput,
  HttpHandler,
  HttpMethod,
  HttpRequest,
  HttpResponseInit,
  InvocationContext,
} from '@azure/functions'
import type { TenantId } from '@zoetrope/contracts'
import { err, toZoetropeError } from '@zoetrope/contracts'
import { z } from 'zod'

import { corsHeaders, preflightHeaders } from './cors.ts'
import { readJsonBody } from './http-body.ts'
import { logOutcome, traceIdOf } from './log.ts'
import { toProblemResponse } from './problem.ts'
import { validate } from './validate.ts'

/** One HTTP function: route, who may call it, the schemas of what it takes, and what it does. */
export interface HttpDefinition<Deps, P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  readonly name: string
  readonly methods: readonly HttpMethod[]
  readonly route: string
  /** `tenant`: a valid API key is needed, and `tenantId` is given. `function`: a key of the platform, for operators. `none`: anybody. */
  readonly auth: 'tenant' | 'function' | 'none'
  readonly extraInputs?: FunctionInput[]
  /** For people and for /openapi.json: one sentence. */
  readonly summary: string
  readonly params?: P
  readonly query?: Q
  readonly body?: B
  /** Content types that the handler reads from `request` itself; `body` is absent then. */
  readonly rawContentTypes?: readonly string[]
  /** For /openapi.json: the status and shape of the answer. */
  readonly answer?: { readonly status: number; readonly schema?: z.ZodType }
  handle(
    call: HttpCall<z.output<P>, z.output<Q>, z.output<B>>,
    deps: Deps,
  ): Promise<HttpResponseInit> | HttpResponseInit
}

/** One call of an HTTP function, validated. `tenantId` is the empty text where the function needs no key. */
export interface HttpCall<P, Q, B> {
  readonly params: P
  readonly query: Q
  /** Absent when the request has one of the `rawContentTypes`. */
  readonly body: B
  readonly tenantId: TenantId
  readonly request: HttpRequest
  readonly context: InvocationContext
  readonly traceId: string
}

/** What an HTTP edge needs of its app. */
export interface HttpEdgeOptions<Deps> {
  readonly deps: (context: InvocationContext) => Deps
  /** Finds the tenant of an `Authorization` header. @throws KEY_MISSING, KEY_INVALID */
  readonly authenticate?: (authorization: string | null, deps: Deps) => Promise<TenantId>
  readonly corsOrigins?: () => readonly string[]
  /** The methods of all functions at a route, for preflights; by default those of the function itself. */
  readonly methodsAt?: (route: string) => readonly HttpMethod[]
}

/** The handler of an HTTP function: validates, authenticates, handles, answers problem+json for every error, logs one line. */
export function makeHttpHandler<Deps, P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  definition: HttpDefinition<Deps, P, Q, B>,
  options: HttpEdgeOptions<Deps>,
): HttpHandler {
  return async (request, context) => {
    const startedAt = performance.now()
    const traceId = traceIdOf(context)
    const cors = corsHeaders(request, options.corsOrigins?.() ?? [])
    if (request.method === 'OPTIONS')
      return {
        status: 204,
        headers: {
          ...cors,
          ...preflightHeaders(options.methodsAt?.(definition.route) ?? definition.methods),
        },
      }
    let tenantId = '' as TenantId
    try {
      const deps = options.deps(context)
      if (definition.auth === 'tenant') tenantId = await authenticate(options, request, deps)
      const call = { ...(await parseCall(definition, request)), tenantId, request, context, traceId }
      const answer = await definition.handle(call, deps)
      logOutcome(context, {
        outcome: 'ok',
        durationMs: since(startedAt),
        traceId,
        tenantId,
        status: answer.status ?? 200,
      })
      return { ...answer, headers: { ...cors, ...(answer.headers as Record<string, string> | undefined) } }
    } catch (thrown) {
      const error = toZoetropeError(thrown)
      const outcome = error.status >= 500 ? 'failed' : 'refused'
      logOutcome(
        context,
        { outcome, durationMs: since(startedAt), traceId, tenantId, status: error.status, code: error.code },
        thrown,
      )
      const problem = toProblemResponse(thrown, traceId)
      return { ...problem, headers: { ...cors, ...(problem.headers as Record<string, string>) } }
    }
  }
}

/** A JSON answer. */
export function ok(
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
  status = 200,
): HttpResponseInit {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(body),
  }
}

async function authenticate<Deps>(
  options: HttpEdgeOptions<Deps>,
  request: HttpRequest,
  deps: Deps,
): Promise<TenantId> {
  if (!options.authenticate) throw err('INTERNAL', { detail: 'This app has no way to authenticate.' })
  return options.authenticate(request.headers.get('authorization'), deps)
}

async function parseCall<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  definition: {
    readonly params?: P
    readonly query?: Q
    readonly body?: B
    readonly rawContentTypes?: readonly string[]
  },
  request: HttpRequest,
): Promise<{ params: z.output<P>; query: z.output<Q>; body: z.output<B> }> {
  const nothing = z.unknown()
  const contentType = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? ''
  const isRaw = definition.rawContentTypes?.includes(contentType) ?? false
  return {
    params: validate(definition.params ?? nothing, { ...request.params }) as z.output<P>,
    query: validate(definition.query ?? nothing, Object.fromEntries(request.query.entries())) as z.output<Q>,
    body: (definition.body && !isRaw
      ? validate(definition.body, await readJsonBody(request))
      : undefined) as z.output<B>,
  }
}

function since(startedAt: number): number {
  return Math.round(performance.now() - startedAt)
}
