import type { CoreState, RegisteredFunction } from './core-module.ts'
import type { LibraryRequest, LibraryRequestClass } from './lazy-request.ts'
import { canBeLazy, lazyRequestClass } from './lazy-request.ts'
import type { LibraryContext } from './plain-context.ts'
import { PlainContexts } from './plain-context.ts'
import { isHttpResponse, readHttpResponse } from './http-response.ts'
import { toPlainResponse } from './plain-response.ts'
import type { HttpData, Invocation, InvocationOutcome } from './protocol.ts'
import { libraryName, sampleArguments } from './sample-arguments.ts'

/** The part of an app's HTTP functions that goes around the library where the outcome is the same. Not for apps that stream. */
export class FastHttp {
  readonly #contexts: ReadonlyMap<RegisteredFunction, PlainContexts>
  readonly #Request: new (http: HttpData) => LibraryRequest

  private constructor(
    contexts: ReadonlyMap<RegisteredFunction, PlainContexts>,
    Request: new (http: HttpData) => LibraryRequest,
  ) {
    this.#contexts = contexts
    this.#Request = Request
  }

  /** Undefined where an app has no function for it, or a library (an older version too) whose classes cannot be had this way. */
  static async of(state: CoreState): Promise<FastHttp | undefined> {
    try {
      return await FastHttp.#sample(state)
    } catch {
      return undefined
    }
  }

  static async #sample(state: CoreState): Promise<FastHttp | undefined> {
    const { model } = state
    if (model?.name !== libraryName) return undefined
    const contexts = new Map<RegisteredFunction, PlainContexts>()
    let Library: LibraryRequestClass | undefined
    // With a `Request` given, the library makes none: the first one of a process loads all of fetch.
    const http = { nativeRequest: {}, query: {}, params: {} }
    for (const registered of [...state.functions.values()].filter(isPlainHttp)) {
      const { context, inputs } = await sampleArguments(model, registered, { http })
      const request = inputs[0] as { constructor?: LibraryRequestClass } | undefined
      if (request?.constructor?.name !== 'HttpRequest') return undefined
      Library = request.constructor
      contexts.set(registered, new PlainContexts(registered.metadata.name, context as LibraryContext))
    }
    return Library && new FastHttp(contexts, lazyRequestClass(Library))
  }

  /** Makes the contexts of a function that has a request of `requestOf`. */
  contextsOf(registered: RegisteredFunction): PlainContexts | undefined {
    return this.#contexts.get(registered)
  }

  /** The request that a function gets in place of the library's; undefined where only that one will do. */
  requestOf(registered: RegisteredFunction, invocation: Invocation): LibraryRequest | undefined {
    const [only, ...others] = invocation.inputData
    const http = only?.data.http
    if (!http || others.length > 0 || !this.#contexts.has(registered) || !canBeLazy(http)) return undefined
    return new this.#Request(http)
  }

  /** The outcome of a function, by what it returned, at once where that is no `HttpResponse`; undefined where the library must make it. */
  outcomeOf(
    registered: RegisteredFunction,
    returned: unknown,
  ): InvocationOutcome | Promise<InvocationOutcome> | undefined {
    if (!this.#contexts.has(registered)) return undefined
    const http = toPlainResponse(returned)
    if (http) return toOutcome(http)
    return isHttpResponse(returned) ? readHttpResponse(returned).then(toOutcome) : undefined
  }
}

function toOutcome(http: HttpData): InvocationOutcome {
  return { ok: true, returnValue: { http }, outputData: [] }
}

/** Whether a function has an HTTP request as its only input, and an HTTP response as its only output. */
function isPlainHttp({ metadata }: RegisteredFunction): boolean {
  const [trigger, output, ...others] = metadata.bindings.toSorted((a, b) => (a.name < b.name ? 1 : -1))
  return (
    others.length === 0 &&
    trigger?.type.toLowerCase() === 'httptrigger' &&
    output?.type.toLowerCase() === 'http' &&
    output.name === '$return'
  )
}
