import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'

import { answerEmpty } from '../../server/answer-empty.ts'
import { announcesBody, announcesMoreThan, noBody, readBody, watchBody } from '../../server/request-body.ts'
import type {
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
type AboutRun = Omit<InvocationRequest, 'data'> & { readonly worker: FunctionWorker }

/** HTTP functions: the one that answers a request, and how. */
export class HttpListener implements Listener {
  readonly #context: TriggerContext
  readonly #routes: readonly Route[]
  readonly #queue: RequestQueue

  constructor(functions: readonly TriggeredFunction[], context: TriggerContext) {
    this.#context = context
    this.#queue = new RequestQueue(context.config.http)
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
      return refusal ? refuse(response, refusal) : this.#take(route, { request, response, url, values })
    }
    return false
  }

  /** Runs a route's function when its turn has come. */
  async #take(route: Route, call: HttpCall): Promise<void> {
    const turn = this.#queue.enter()
    if (turn === false) return answerEmpty(call.response, 429, { 'x-function-scaleout': '1' })
    if (turn !== true) await turn
    try {
      await this.#run(route, call)
    } finally {
      this.#queue.leave()
    }
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

  async #run(route: Route, call: HttpCall): Promise<void> {
    const { request, response, url, values } = call
    const { maxBodyBytes } = this.#context.config.http
    if (announcesMoreThan(request, maxBodyBytes)) return answerEmpty(response, 413)
    const invocationId = randomUUID()
    const traceParent = request.headers['traceparent']
    const common = {
      reason: `This function was programmatically called via the host APIs.`,
      invocationId,
      ...(typeof traceParent === 'string' ? { traceParent } : {}),
    }
    const current = this.#context.worker()
    const worker = current instanceof Promise ? await current.catch(() => undefined) : current
    // Its client may have gone away while the worker was loading; nobody wants the answer then.
    if (hasGone(request, response)) return
    if (!worker) return answerEmpty(response, 503, retrySoon)
    const onBodyFlows = (): void =>
      watchBody(request, maxBodyBytes, () => {
        if (!response.headersSent) answerEmpty(response, 413)
      })
    if (worker.adoptRequest?.(route.target.metadata.id, invocationId, { request, response, onBodyFlows }))
      return this.#runAdopted(route, call, { ...common, worker })
    if (worker.httpUri) return this.#runInLibrary(route, call, { ...common, worker, invocationId })
    let body: Uint8Array | undefined = noBody
    if (announcesBody(request)) {
      body = await readBody(request, maxBodyBytes).catch((error: unknown) => {
        if (!hasGone(request, response)) throw error
        return undefined
      })
      if (hasGone(request, response)) return
      if (!body) return answerEmpty(response, 413)
    }
    const result = await this.#context.invoke(route.target, {
      ...common,
      data: toRpcRequest(request, url, values, body),
    })
    if (response.destroyed) return
    if (!result.ok) return answerFailure(response, result)
    writeRpcResponse(response, result.returnValue, request.method === 'HEAD')
    // What the system did not take at once would be cut off by the end of the host.
    if (response.writableLength > 0 && !response.closed) await once(response, 'close')
  }

  /** The worker answers the request itself. */
  async #runAdopted(route: Route, { response }: HttpCall, about: AboutRun): Promise<void> {
    const result = await this.#context.invoke(route.target, { ...about, data: { http: {} } })
    if (result.ok || response.destroyed) return
    if (response.headersSent) response.destroy()
    else answerFailure(response, result)
  }

  /** The library's own server answers the request, in both directions while the function runs. */
  async #runInLibrary(
    route: Route,
    { request, response, url, values }: HttpCall,
    about: AboutRun & { readonly invocationId: string },
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
      data: { http: {} },
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

async function refuse(response: ServerResponse, status: number): Promise<void> {
  answerEmpty(response, status)
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
