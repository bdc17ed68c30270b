import { randomUUID } from 'node:crypto'

import type { CoreState, RegisteredFunction } from './core-module.ts'
import type { LibraryRequest, LibraryRequestClass } from './lazy-request.ts'
import { canBeLazy, lazyRequestClass } from './lazy-request.ts'
import { toPlainResponse } from './plain-response.ts'
import type { HttpData, Invocation, InvocationOutcome } from './protocol.ts'

/** The library whose requests and responses are known here. */
const libraryName = '@azure/functions'

/** The part of an app's HTTP functions that goes around the library where the outcome is the same. Not for apps that stream. */
export class FastHttp {
  readonly #functions: ReadonlySet<RegisteredFunction>
  readonly #Request: new (http: HttpData) => LibraryRequest

  private constructor(
    functions: readonly RegisteredFunction[],
    Request: new (http: HttpData) => LibraryRequest,
  ) {
    this.#functions = new Set(functions)
    this.#Request = Request
  }

  /** Undefined where an app has no function for it, or another library. */
  static async of(state: CoreState): Promise<FastHttp | undefined> {
    const functions = [...state.functions.values()].filter(isPlainHttp)
    const [first] = functions
    if (!first || state.model?.name !== libraryName) return undefined
    const Library = await requestClassOf(state, first)
    return Library && new FastHttp(functions, lazyRequestClass(Library))
  }

  /** The request that a function gets in place of the library's; undefined where only that one will do. */
  requestOf(registered: RegisteredFunction, invocation: Invocation): LibraryRequest | undefined {
    const [only, ...others] = invocation.inputData
    const http = only?.data.http
    if (!http || others.length > 0 || !this.#functions.has(registered) || !canBeLazy(http)) return undefined
    return new this.#Request(http)
  }

  /** The outcome of a function, by what it returned; undefined where the library must make it. */
  outcomeOf(registered: RegisteredFunction, returned: unknown): InvocationOutcome | undefined {
    const http = this.#functions.has(registered) ? toPlainResponse(returned) : undefined
    return http && { ok: true, returnValue: { http }, outputData: [] }
  }
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

/** The library's class, wherever it was loaded from (it may be part of the app's bundle): that of a request that it makes. */
async function requestClassOf(
  state: CoreState,
  { raw, metadata }: RegisteredFunction,
): Promise<LibraryRequestClass | undefined> {
  // With a `Request` given, the library makes none: the first one of a process loads all of fetch.
  const http = { nativeRequest: {}, query: {}, params: {} }
  const trigger = metadata.bindings.find(({ name }) => name !== '$return')
  const invocationId = randomUUID()
  const model = state.model?.getInvocationModel({
    invocationId,
    request: {
      invocationId,
      functionId: metadata.id,
      inputData: [{ name: trigger?.name ?? '', data: { http } }],
      triggerMetadata: {},
    } satisfies Invocation,
    metadata: raw,
    state: undefined,
    log: () => {},
  })
  const { inputs } = (await model?.getArguments()) ?? { inputs: [] }
  const request = inputs[0] as { constructor?: LibraryRequestClass } | undefined
  return request?.constructor?.name === 'HttpRequest' ? request.constructor : undefined
}
