import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'

import { answerEmpty } from '../../server/answer-empty.ts'
import { announcesBody, announcesMoreThan, noBody, readBody, watchBody } from '../../server/request-body.ts'
import type {
  Demand,
  InvocationRequest,
  Listener,
  TriggerContext,
  TriggeredFunction,
  TriggerKind,
} from '../../trigger.ts'
import type { FunctionWorker, InvocationResult } from '../../worker/function-worker.ts'
import type { TypedData } from '../../worker/protocol.ts'
import { joinHeaders } from './join-headers.ts'
import { joinQuery } from './join-query.ts'
import { passToLibrary } from './library-proxy.ts'
import type { RouteValues } from './match-route.ts'
import { parseQuery } from './parse-query.ts'
import { RequestQueue } from './request-queue.ts'
import type { RequestUrl } from './request-url.ts'
import { toForwardedTarget, toRequestUrl } from './request-url.ts'
import type { Route } from './route-table.ts'
import { makeRoutes } from './route-table.ts'
import { toRpcRequest, writeRpcResponse } from './rpc-http.ts'

/** To whoever's worker was lost: the next one is there in a moment. */
const retrySoon = { 'retry-after': '1' }

/** A request on its way to a function. */
interface HttpCall {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly url: RequestUrl
  readonly values: RouteValues
}

/** Where a function runs, and why. */
type AboutRun = InvocationRequest & { readonly invocationId: string; readonly worker: FunctionWorker }

/** HTTP functions: the one that answers a request, and how. */
export class HttpListener implements Listener {
  readonly #context: TriggerContext
  readonly #routes: readonly Route[]
  readonly #queue: RequestQueue

  constructor(functions: readonly TriggeredFunction[], context: TriggerContext) {
    this.#context = context
    this.#queue = new RequestQueue(context.config.http, () => context.width())
    this.#routes = makeRoutes(functions, { prefix: context.config.http.routePrefix, log: context.log })
  }

  /** `GET,POST: http://...` of every function, for the start-up list. */
  describe(): string[] {
    return this.#routes
      .filter(({ target }) => !target.isDisabled)
      .map(
        ({ target, methods, template }) =>
          `${target.metadata.name}: [${[...methods].join(',')}] ${this.#context.baseUrl()}/${template}`,
      )
  }

  async start(): Promise<void> {}

  demands(): Demand[] {
    const { httpConcurrency } = this.#context.config.instances
    return [{ source: 'requests', count: this.#queue.outstanding, perInstance: httpConcurrency }]
  }

  async drain(): Promise<void> {
    await this.#queue.idle()
  }

  /** Answers a request; false when no route is for it, at once. */
  handleRequest(request: IncomingMessage, response: ServerResponse): false | Promise<void> {
    const url = toRequestUrl(request)
    if (!url) return refuse(response, 400)
    for (const route of this.#routes) {
      if (!route.methods.has(request.method ?? '')) continue
      const values = route.match(url.pathname)
      if (!values) continue
      const refusal = this.#refusalOf(route, request)
      if (refusal) return refuse(response, refusal)
      const turn = this.#queue.enter()
      if (turn === false) return refuse(response, 429, { 'x-function-scaleout': '1' })
      return this.#run(route, { request, response, url, values }, turn)
    }
    return false
  }

  /** The status that sends a request away before its function runs. */
  #refusalOf({ target }: Route, request: IncomingMessage): number | undefined {
    const { metadata, trigger } = target
    const level = String(trigger['authLevel'] ?? 'anonymous')
    const { keys } = this.#context
    if (!keys.opensFunction(request, { name: metadata.name, level })) return 401
    if (target.isDisabled && keys.scopeOf(request) !== 'master') return 404
    // The function could not be called: no `Request` carries TRACE, and without a host there is no URL.
    return request.method === 'TRACE' || !request.headers.host ? 500 : undefined
  }

  /** Runs a route's function when its turn has come. */
  async #run(route: Route, call: HttpCall, turn: true | Promise<true>): Promise<void> {
    if (turn !== true) await turn
    try {
      const { request, response } = call
      const { maxBodyBytes } = this.#context.config.http
      if (announcesMoreThan(request, maxBodyBytes)) return answerEmpty(response, 413)
      const current = this.#context.worker(route.target.metadata.id)
      const worker = current instanceof Promise ? await current.catch(() => undefined) : current
      // Its client may have gone away while the worker was loading; nobody wants the answer then.
      if (hasGone(request, response)) return
      if (!worker) return answerEmpty(response, 503, retrySoon)
      const about = aboutRun(request)
      if (worker.adoptRequest && this.#isAdopted(route, call, { ...about, worker }))
        return await this.#runAdopted(route, call, { ...about, worker })
      if (worker.httpUri) return await this.#runInLibrary(route, call, { ...about, worker })
      let body: Uint8Array | undefined = noBody
      if (announcesBody(request)) {
        body = await readBody(request, maxBodyBytes).catch((error: unknown) => {
          if (!hasGone(request, response)) throw error
          return undefined
        })
        if (hasGone(request, response)) return
        if (!body) return answerEmpty(response, 413)
      }
      about.data = toRpcRequest(request, call.url, call.values, body)
      const result = await this.#context.invoke(route.target, about)
      if (response.destroyed) return
      if (!result.ok) return answerFailure(response, result)
      writeRpcResponse(response, result.returnValue, request.method === 'HEAD')
      // What the system did not take at once would be cut off by the end of the host.
      if (response.writableLength > 0 && !response.closed) await once(response, 'close')
    } finally {
      this.#queue.leave()
    }
  }

  /** Whether the worker takes over the request, to answer it itself. */
  #isAdopted(
    { target }: Route,
    { request, response }: HttpCall,
    { worker, invocationId }: { readonly worker: FunctionWorker; readonly invocationId: string },
  ): boolean | undefined {
    const onBodyFlows = (): void =>
      watchBody(request, this.#context.config.http.maxBodyBytes, () => {
        if (!response.headersSent) answerEmpty(response, 413)
      })
    return worker.adoptRequest?.(target.metadata.id, invocationId, { request, response, onBodyFlows })
  }

  /** The worker answers the request itself. */
  async #runAdopted(route: Route, { response }: HttpCall, about: AboutRun): Promise<void> {
    const result = await this.#context.invoke(route.target, about)
    if (result.ok || response.destroyed) return
    if (response.headersSent) response.destroy()
    else answerFailure(response, result)
  }

  /** The library's own server answers the request, in both directions while the function runs. */
  async #runInLibrary(
    route: Route,
    { request, response, url, values }: HttpCall,
    about: AboutRun,
  ): Promise<void> {
    // In a microtask: the body flows after all of them, when the library has taken it over; any earlier it would refuse it.
    await Promise.resolve()
    const proxy = passToLibrary(request, response, {
      worker: about.worker,
      target: toForwardedTarget(url),
      invocationId: about.invocationId,
      log: this.#context.log,
    })
    watchBody(request, this.#context.config.http.maxBodyBytes, () => proxy.abort(413))
    const result = await this.#context.invoke(route.target, {
      ...about,
      triggerMetadata: toStreamMetadata(request, url, values),
    })
    if (result.ok) proxy.settle()
    else if ('lost' in result) proxy.abort(503, retrySoon)
    else proxy.abort(500)
    // The answer may still be on its way when its function has ended.
    if (!response.closed) await once(response, 'close')
  }
}

/** The HTTP trigger. */
export const httpTrigger: TriggerKind = {
  types: ['httptrigger'],
  takesDisabled: true,
  mayOverlap: true,
  listen: (functions, context) => new HttpListener(functions, context),
}

async function refuse(
  response: ServerResponse,
  status: number,
  headers?: Readonly<Record<string, string>>,
): Promise<void> {
  answerEmpty(response, status, headers)
}

/** What is known of an invocation before its request has been read. */
function aboutRun(request: IncomingMessage): {
  reason: string
  invocationId: string
  data: TypedData
  traceParent?: string
} {
  const reason = 'This function was programmatically called via the host APIs.'
  const about = { reason, invocationId: randomUUID(), data: { http: {} } }
  const traceParent = request.headers['traceparent']
  return typeof traceParent === 'string' ? { ...about, traceParent } : about
}

/** Answers for a function that failed, or that lost its worker. */
function answerFailure(response: ServerResponse, result: InvocationResult): void {
  if ('lost' in result) answerEmpty(response, 503, retrySoon)
  else answerEmpty(response, 500)
}

/** Whether the client has given up. A body that has been read to its end destroys the request too, so that alone says nothing. */
function hasGone(request: IncomingMessage, response: ServerResponse): boolean {
  return response.destroyed || response.closed || (request.destroyed && !request.complete)
}

/** Where the library expects headers, query and route values in stream mode. */
function toStreamMetadata(
  request: IncomingMessage,
  url: RequestUrl,
  values: RouteValues,
): Record<string, TypedData> {
  const query = Object.fromEntries(new URLSearchParams(url.search))
  const headers = joinHeaders(request)
  // A name in two spellings is one parameter, and a key is none.
  const parameters = Object.fromEntries(joinQuery(parseQuery(url.search), 'last'))
  delete parameters['code']
  const strings = Object.entries({ ...parameters, ...values }).map(([name, value]): [string, TypedData] => [
    name,
    { string: value },
  ])
  return {
    ...Object.fromEntries(strings),
    Headers: { json: JSON.stringify(headers) },
    Query: { json: JSON.stringify(query) },
  }
}
