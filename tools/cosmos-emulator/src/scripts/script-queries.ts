import type { CallResult, CollectionCall } from './messages.ts'

type Options = Record<string, unknown>
type Callback = (error: unknown, resource?: unknown, options?: unknown) => void

/** What the queries of a script rest on. */
export interface ScriptQueryBase {
  collection: Record<string, unknown>
  /** Queues a call. Says whether it was accepted. */
  enqueue: (call: CollectionCall, settle: (result: CallResult) => void) => boolean
  /** Options and callback, in any order; either may be left out. */
  readTail: (tail: unknown[]) => { options: Options; callback: Callback | undefined }
  answerTo: (
    callback: Callback | undefined,
    result: CallResult,
    use: (body: unknown, options: object) => void,
  ) => void
  feedOptions: (options: Options) => { continuation?: string; pageSize?: number }
  errorOf: (number: number, message: string) => Error
  /** Takes the rows of a query without a callback. */
  setResponseBody: (rows: unknown[]) => void
}

/**
 * Gives the collection its query functions: `filter`, `map`, `chain()` and the others. This function's text is evaluated
 * in the script's context, so it must use nothing from outside of itself.
 */
export function installQueries(base: ScriptQueryBase): void {
  const { collection, enqueue, readTail, answerTo, feedOptions, errorOf, setResponseBody } = base
  const { isArray } = Array
  const toText = String

  type Stage = (rows: unknown[]) => unknown[]
  type Selector = (row: unknown, inner?: unknown) => unknown

  function selectorOf(given: unknown): Selector {
    if (typeof given === 'function') return given as Selector
    if (given === undefined || given === null) return (row) => row
    const name = toText(given)
    return (row) => (row as Options | null | undefined)?.[name]
  }

  function compareKeys(first: unknown, second: unknown): number {
    const order = ['undefined', 'boolean', 'number', 'string', 'object']
    const difference = order.indexOf(typeof first) - order.indexOf(typeof second)
    if (difference !== 0) return difference
    const [a, b] = [first as number, second as number]
    return a < b ? -1 : a > b ? 1 : 0
  }

  function sortStage(key: unknown, sign: number): Stage {
    const select = selectorOf(key)
    return (rows) => {
      const keyed = rows.map((row) => ({ row, key: select(row) }))
      return keyed.sort((a, b) => sign * compareKeys(a.key, b.key)).map(({ row }) => row)
    }
  }

  function unwindStage(selector: unknown, resultSelector: unknown): Stage {
    const select = selectorOf(selector)
    const combine: Selector =
      typeof resultSelector === 'function' ? (resultSelector as Selector) : (row, inner) => [row, inner]
    return (rows) =>
      rows.flatMap((row) => {
        const inner = select(row)
        return isArray(inner) ? inner.map((value: unknown) => combine(row, value)) : []
      })
  }

  const stageMakers: Record<string, { make: (...args: unknown[]) => Stage; argumentCount: number }> = {
    filter: { argumentCount: 1, make: (test) => (rows) => rows.filter((row) => selectorOf(test)(row)) },
    map: { argumentCount: 1, make: (select) => (rows) => rows.map((row) => selectorOf(select)(row)) },
    pluck: {
      argumentCount: 1,
      make: (name) => (rows) => rows.map(selectorOf(name)).filter((value) => value !== undefined),
    },
    flatten: {
      argumentCount: 1,
      make: (isShallow) => (rows) =>
        rows.flatMap((row) =>
          isArray(row) ? (row.flat(isShallow === true ? 0 : Infinity) as unknown[]) : [row],
        ),
    },
    sortBy: { argumentCount: 1, make: (key) => sortStage(key, 1) },
    sortByDescending: { argumentCount: 1, make: (key) => sortStage(key, -1) },
    unwind: { argumentCount: 2, make: unwindStage },
  }

  /** Reads all documents of the partition (or one page, where a page size is given) and passes them through the stages. */
  function runStages(stages: Stage[], tail: unknown[]): { isAccepted: boolean } {
    const { options, callback } = readTail(tail)
    const isPaged = typeof options.pageSize === 'number' && options.pageSize > 0
    const rows: unknown[] = []
    const readPage = (page: { continuation?: string; pageSize?: number }): boolean =>
      enqueue({ operation: 'readFeed', pageSize: 1000, ...page }, (result) =>
        answerTo(callback, result, (body, answered) => {
          for (const row of body as unknown[]) rows.push(row)
          const { continuation } = answered as { continuation?: string }
          if (continuation !== undefined && !isPaged) {
            if (!readPage({ continuation }))
              throw errorOf(408, 'There is no time left to read all documents.')
            return
          }
          const results = stages.reduce((current, stage) => stage(current), rows)
          if (callback) callback(undefined, results, answered)
          else setResponseBody(results)
        }),
      )
    return { isAccepted: readPage(feedOptions(options)) }
  }

  function makeChain(stages: Stage[]): object {
    const chain: Record<string, unknown> = {
      value: (...tail: unknown[]): object => runStages(stages, tail),
    }
    for (const name of Object.keys(stageMakers))
      chain[name] = (...args: unknown[]): object => {
        const maker = stageMakers[name]
        return makeChain(maker ? [...stages, maker.make(...args)] : stages)
      }
    return chain
  }

  collection.chain = (): object => makeChain([])
  for (const [name, { make, argumentCount }] of Object.entries(stageMakers))
    collection[name] = (...args: unknown[]): object => {
      // An argument that is left out lets the options and the callback move up; a first function is never the callback.
      const isLeftOut = name === 'flatten' ? typeof args[0] !== 'boolean' : args.length === 0
      const hasSecond = argumentCount === 2 && typeof args[1] === 'function'
      const count = isLeftOut ? 0 : hasSecond ? 2 : 1
      return runStages([make(...args.slice(0, count))], args.slice(count))
    }
}
