import type { CallResult, CollectionCall, Maybe, ScriptEnd, ScriptFailure, ScriptJob } from './messages.ts'
import type { OpenExchange, ScriptExchange } from './script-exchange.ts'
import type { ScriptLanguage } from './script-language.ts'
import type { ScriptQueryBase } from './script-queries.ts'

/** How the sandbox drives a script. Everything goes in and out as text, so that no object of the sandbox's own can be reached. */
export interface ScriptApi {
  /** Calls the script's function. */
  start: (main: unknown, jobText: string) => void
  /** The calls that wait to be made, as JSON text of a list; empty where there are none. */
  takeCalls: () => string
  /** Calls back with the results of the calls last taken. */
  deliver: (resultsText: string) => void
  /** How the script ended, as JSON text. */
  finish: () => string
  /** Calls a user-defined function: JSON text of the arguments in, of `{ value }` or `{ failure }` out. */
  evaluate: (main: unknown, argsText: string) => string
  /** Lets the script's clock stand at this time and go on from there, ms since 1970. */
  setClock: (nowMs: number) => void
  /** What was thrown, as JSON text of a failure. */
  describe: (thrown: unknown) => string
}

/**
 * Makes the API that scripts see, inside their own context: this function's text is evaluated there, so it must use
 * nothing from outside of itself. What it needs of the language it takes at once, since scripts may change anything later.
 */
export function installScriptApi(
  { errorOf, describeThrown, setClock }: ScriptLanguage,
  openExchange: OpenExchange,
  installQueries: (base: ScriptQueryBase) => void,
): ScriptApi {
  const { parse, stringify } = JSON
  const { setPrototypeOf, freeze } = Object
  const now = Date.now
  const toText = String
  const { isArray } = Array
  const NativePromise = Promise
  const root = globalThis as unknown as Record<string, unknown>
  const largestLog = 16 * 1024
  const mostCallsAtOnce = 100
  const enoughCharacters = 1024 * 1024

  type Callback = ((error: unknown, resource?: unknown, options?: unknown) => void) | undefined
  type Options = Record<string, unknown>
  interface Pending {
    call: CollectionCall
    settle: (result: CallResult) => void
  }

  let waiting: Pending[] = []
  let taken: Pending[] = []
  let failure: ScriptFailure | undefined
  let job: ScriptJob | undefined
  let acceptsUntil = 0
  let log = ''
  let exchange: ScriptExchange | undefined

  function fail(thrown: unknown): void {
    failure ??= describeThrown(thrown)
  }

  function attempt(action: () => void): void {
    if (failure) return
    try {
      action()
    } catch (error) {
      fail(error)
    }
  }

  function tell(value: unknown): string {
    return typeof value === 'string' ? value : toText(stringify(value))
  }

  /** As any console does: `%s` and its like take the values that follow the text. */
  function format([first, ...rest]: unknown[]): string {
    const text = tell(first).replace(/%([sdifjoOc%])/g, (mark: string, kind: string) => {
      if (kind === '%') return typeof first === 'string' && mark === '%%' ? '%' : mark
      if (typeof first !== 'string' || rest.length === 0) return mark
      const value = rest.shift()
      return kind === 's' && typeof value !== 'object' ? toText(value) : kind === 'c' ? '' : tell(value)
    })
    return [text, ...rest.map(tell)].join(' ')
  }

  function note(...values: unknown[]): void {
    if (job?.isLogging !== true || log.length >= largestLog) return
    const line = format(values)
    log = (log === '' ? line : `${log}\n${line}`).slice(0, largestLog)
  }

  function enqueue(call: CollectionCall, settle: (result: CallResult) => void): boolean {
    if (failure || now() > acceptsUntil) return false
    waiting.push({ call, settle })
    return true
  }

  /** Options and callback, in this order; either may be left out. */
  function readTail(tail: unknown[]): { options: Options; callback: Callback } {
    const [first, second] = tail
    const callback = typeof first === 'function' ? first : second
    const options = typeof first === 'function' ? second : first
    if (options !== undefined && options !== null && typeof options !== 'object')
      throw errorOf(400, `The options of a call must be an object, not of type '${typeof options}'.`)
    return {
      options: (options ?? {}) as Options,
      callback: (typeof callback === 'function' ? callback : undefined) as Callback,
    }
  }

  function answerTo(
    callback: Callback,
    result: CallResult,
    use: (body: unknown, options: object) => void,
  ): void {
    if ('error' in result) {
      const error = errorOf(result.error.number, result.error.message)
      if (!callback) throw error
      callback(error)
      return
    }
    const { body, continuation, isNotModified } = result
    const options = {
      ...(continuation === undefined ? {} : { continuation }),
      ...(isNotModified === true ? { notModified: true } : {}),
    }
    use(body === undefined ? undefined : parse(body), options)
  }

  function send(call: CollectionCall, callback: Callback): boolean {
    return enqueue(call, (result) =>
      answerTo(callback, result, (body, options) => {
        if (!callback) return
        if (call.operation === 'delete') callback(undefined, options)
        else callback(undefined, body, options)
      }),
    )
  }

  function partsOf(link: unknown): string[] {
    return typeof link === 'string' ? link.split('/').filter((part) => part !== '') : []
  }

  function isOwn(parts: string[]): boolean {
    const owner = parts.slice(0, 4).join('/')
    return owner === job?.links.self || owner === job?.links.alt
  }

  function checkCollection(link: unknown): void {
    const parts = partsOf(link)
    if (parts.length !== 4 || parts[0] !== 'dbs' || parts[2] !== 'colls')
      throw errorOf(400, `'${toText(link)}' is not a link to a collection.`)
    if (!isOwn(parts)) throw errorOf(400, `'${toText(link)}' is not a link to the collection of this script.`)
  }

  function documentOf(link: unknown): string {
    const parts = partsOf(link)
    const [, , , , kind, document] = parts
    if (parts.length !== 6 || kind !== 'docs' || document === undefined)
      throw errorOf(400, `'${toText(link)}' is not a link to a document.`)
    if (!isOwn(parts))
      throw errorOf(400, `'${toText(link)}' is not a link to a document in the collection of this script.`)
    return document
  }

  function bodyOf(body: unknown, options: Options): unknown {
    const document: unknown = typeof body === 'string' ? parse(body) : body
    if (typeof document !== 'object' || document === null || isArray(document))
      throw errorOf(400, 'The body of a document must be an object.')
    const { id } = document as Options
    if ((id === undefined || id === '') && options.disableAutomaticIdGeneration !== true)
      (document as Options).id = newId()
    return document
  }

  function newId(): string {
    const digits = Array.from({ length: 32 }, () => Math.floor(Math.random() * 16).toString(16)).join('')
    return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  }

  function textOption(options: Options, name: string): string | undefined {
    const value = options[name]
    return typeof value === 'string' && value !== '' ? value : undefined
  }

  function feedOptions(options: Options): { continuation?: string; pageSize?: number } {
    const continuation = textOption(options, 'continuation')
    const { pageSize } = options
    return {
      ...(continuation === undefined ? {} : { continuation }),
      ...(typeof pageSize === 'number' ? { pageSize } : {}),
    }
  }

  function withEtag(options: Options): { etag?: string } {
    const etag = textOption(options, 'etag')
    return etag === undefined ? {} : { etag }
  }

  function refuse(name: string): () => never {
    return () => {
      throw errorOf(501, `The emulator does not implement '${name}' in scripts.`)
    }
  }

  const collection: Record<string, unknown> = {
    getSelfLink: (): string => `${job?.links.self}/`,
    getAltLink: (): string => `${job?.links.alt}`,
    createDocument: (link: unknown, body: unknown, ...tail: unknown[]): boolean => {
      checkCollection(link)
      const { options, callback } = readTail(tail)
      return send({ operation: 'create', body: bodyOf(body, options) }, callback)
    },
    upsertDocument: (link: unknown, body: unknown, ...tail: unknown[]): boolean => {
      checkCollection(link)
      const { options, callback } = readTail(tail)
      return send({ operation: 'upsert', body: bodyOf(body, options) }, callback)
    },
    readDocument: (link: unknown, ...tail: unknown[]): boolean => {
      const document = documentOf(link)
      const { options, callback } = readTail(tail)
      const ifNoneMatch = textOption(options, 'ifNoneMatch')
      return send(
        { operation: 'read', document, ...(ifNoneMatch === undefined ? {} : { ifNoneMatch }) },
        callback,
      )
    },
    replaceDocument: (link: unknown, body: unknown, ...tail: unknown[]): boolean => {
      const document = documentOf(link)
      const { options, callback } = readTail(tail)
      const given = bodyOf(body, { disableAutomaticIdGeneration: true })
      return send({ operation: 'replace', document, body: given, ...withEtag(options) }, callback)
    },
    deleteDocument: (link: unknown, ...tail: unknown[]): boolean => {
      const document = documentOf(link)
      const { options, callback } = readTail(tail)
      return send({ operation: 'delete', document, ...withEtag(options) }, callback)
    },
    readDocuments: (link: unknown, ...tail: unknown[]): boolean => {
      checkCollection(link)
      const { options, callback } = readTail(tail)
      return send({ operation: 'readFeed', ...feedOptions(options) }, callback)
    },
    queryDocuments: (link: unknown, query: unknown, ...tail: unknown[]): boolean => {
      checkCollection(link)
      if (typeof query !== 'string' && (typeof query !== 'object' || query === null))
        throw errorOf(400, `A query must be a text or an object, not of type '${typeof query}'.`)
      const { options, callback } = readTail(tail)
      return send({ operation: 'query', query, ...feedOptions(options) }, callback)
    },
  }
  for (const verb of ['create', 'read', 'replace', 'delete', 'upsert', 'query'])
    for (const noun of [`${verb}Attachment`, `${verb}Attachments`]) collection[noun] = refuse(noun)

  installQueries({
    collection,
    enqueue,
    readTail,
    answerTo,
    feedOptions,
    errorOf,
    setResponseBody: (rows) => exchange?.setResponseBody(rows),
  })

  function installContext(current: ScriptJob): void {
    exchange = openExchange(current.request, current.response)
    const { request, response } = exchange
    const abort = (thrown: unknown): never => {
      fail(thrown)
      throw thrown
    }
    const context = freeze({
      getCollection: () => collection,
      getRequest: () => request,
      ...(response ? { getResponse: () => response } : {}),
      abort,
    })
    const shortcut = setPrototypeOf({ request, response, abort }, collection) as object
    root.getContext = () => context
    root.__ = shortcut
    root.console = freeze({ log: note, info: note, warn: note, error: note, debug: note, trace: note })
  }

  root.console = freeze({})

  return {
    start: (main, jobText) => {
      attempt(() => {
        job = parse(jobText) as ScriptJob
        const { args, acceptsForMs, nowMs } = job
        acceptsUntil = now() + acceptsForMs
        setClock(nowMs)
        installContext(job)
        if (typeof main !== 'function') throw errorOf(400, 'The body of a script must be a function.')
        const result: unknown = (main as (...args: unknown[]) => unknown)(...args)
        if (result instanceof NativePromise) void result.then(undefined, fail)
      })
    },
    takeCalls: () => {
      let text = ''
      attempt(() => {
        let count = 0
        for (const { call } of waiting) {
          text += `${count === 0 ? '' : ','}${stringify(call)}`
          count += 1
          if (count >= mostCallsAtOnce || text.length > enoughCharacters) break
        }
        taken = waiting.slice(0, count)
        waiting = waiting.slice(count)
      })
      return failure || text === '' ? '' : `[${text}]`
    },
    deliver: (resultsText) => {
      attempt(() => {
        const results = parse(resultsText) as CallResult[]
        // Those that were not answered yet go before those that are queued from here on.
        waiting = [...taken.slice(results.length), ...waiting]
        for (const [index, { settle }] of taken.entries()) {
          const result = results[index]
          if (result && !failure) settle(result)
        }
      })
    },
    finish: () => {
      let text = ''
      attempt(() => {
        const { requestBody, responseBody } = exchange?.bodies() ?? { requestBody: [], responseBody: [] }
        text = stringify({ requestBody, responseBody, log } satisfies ScriptEnd)
      })
      return failure
        ? stringify({ requestBody: [], responseBody: [], log, failure } satisfies ScriptEnd)
        : text
    },
    evaluate: (main, argsText) => {
      try {
        if (typeof main !== 'function') throw errorOf(400, 'The body of a function must be a function.')
        const args = (parse(argsText) as Maybe[]).map((value) => value[0])
        const value: unknown = (main as (...args: unknown[]) => unknown)(...args)
        const isAbsent = value === undefined || (typeof value === 'number' && !Number.isFinite(value))
        return stringify({ value: isAbsent ? [] : [value] })
      } catch (error) {
        return stringify({ failure: describeThrown(error) })
      }
    },
    setClock,
    describe: (thrown) => stringify(describeThrown(thrown)),
  }
}
