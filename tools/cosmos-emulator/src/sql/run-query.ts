import { badRequest } from '../errors.ts'
import { userFunctions } from '../scripts/user-functions.ts'
import { isJsonObject } from '../json.ts'
import type { AccountStore, OpenContainer } from '../storage/account-store.ts'
import type { Scan } from '../storage/scan.ts'
import type { ScannedItem } from '../storage/stored-item.ts'
import type { Expression, Query } from './ast.ts'
import { compileMainQuery } from './compile-query.ts'
import type { CompiledQuery } from './compile-query.ts'
import { readContinuation, writeContinuation } from './continuation.ts'
import type { Continuation, SortPosition, StreamPosition } from './continuation.ts'
import { deadline } from './deadline.ts'
import { isDocumentPath, narrowScan } from './narrow-scan.ts'
import { checkOrder } from './order-rules.ts'
import { parseQuery } from './parse-query.ts'
import type { QueryBody } from './query-body.ts'
import { compareByOrder, runBlocking } from './run-blocking.ts'

/** A query over the documents of a container. */
export interface QueryRequest extends QueryBody {
  /** The part of the container to which the request is confined. */
  confines: Pick<Scan, 'pk' | 'pkBounds' | 'epkBounds'>
  continuation: string | undefined
  pageSize: number
}

/** A page of results, each as JSON text. */
export interface QueryPage {
  rows: string[]
  continuation: string | undefined
  scannedCount: number
  scannedBytes: number
}

const largestPageCharacters = 4 * 1024 * 1024
const longestSortState = 1500
const mostParsed = 500
const parsed = new Map<string, Query>()

/** Runs a query, one page of it. @throws ServiceError 400 or 408 */
export function runQuery(store: AccountStore, container: OpenContainer, request: QueryRequest): QueryPage {
  return new QueryRun(store, container, request).page()
}

/** Parses a query, or takes the tree of the same text parsed before. @throws ServiceError 400 */
export function parseOnce(text: string): Query {
  const known = parsed.get(text)
  if (known) return known
  const query = parseQuery(text)
  if (parsed.size >= mostParsed) parsed.clear()
  parsed.set(text, query)
  return query
}

/** The computed properties of a container, by name. */
export function computedProperties({ record }: OpenContainer): Map<string, Expression> {
  const definitions = record.definition.computedProperties ?? []
  return new Map(
    definitions.map(({ name, query }) => {
      const { select, from, where } = parseOnce(query)
      if (select.kind !== 'value' || from.length > 1 || where)
        throw badRequest(`The computed property '${name}' must be of the form SELECT VALUE ... FROM c.`)
      return [name, select.value]
    }),
  )
}

/** Whether the shapes of a container lie on a plane, as its `geospatialConfig` says, rather than on the earth. */
export function isFlat({ record }: OpenContainer): boolean {
  const config = record.definition.geospatialConfig
  return isJsonObject(config) && config.type === 'Geometry'
}

class QueryRun {
  readonly #request: QueryRequest
  readonly #container: OpenContainer
  readonly #nowSeconds: number
  readonly #query: Query
  readonly #compiled: CompiledQuery
  readonly #checkTime = deadline()
  #scannedCount = 0
  #scannedBytes = 0

  constructor(store: AccountStore, container: OpenContainer, request: QueryRequest) {
    this.#request = request
    this.#container = container
    this.#nowSeconds = store.nowSeconds()
    this.#query = parseOnce(request.text)
    this.#compiled = compileMainQuery(this.#query, {
      parameters: request.parameters,
      computed: computedProperties(container),
      isFlat: isFlat(container),
      nowMs: Math.floor(store.clock()),
      nextSlot: 1,
      rootSlot: 0,
      checkTime: this.#checkTime,
      userDefined: userFunctions(store, container),
    })
  }

  page(): QueryPage {
    const continuation = readContinuation(this.#request.text, this.#request.continuation)
    if (this.#query.from.length === 0) return this.#constantPage()
    if (this.#isPlainCount()) return this.#countPage()
    const idOrder = this.#idOrder()
    const isStreamed =
      !this.#compiled.isGrouped &&
      !this.#compiled.isDistinct &&
      (idOrder !== undefined || this.#query.orderBy.length === 0)
    if (isStreamed) {
      const position = continuation && 'stream' in continuation ? continuation.stream : undefined
      return this.#streamedPage(idOrder ?? 'rid', position)
    }
    return this.#blockingPage(continuation)
  }

  #idOrder(): 'id' | 'idDescending' | undefined {
    const [key, ...others] = this.#query.orderBy
    if (!key || others.length > 0 || !isDocumentPath(key.value, this.#compiled.rootAlias, ['id']))
      return undefined
    return key.isDescending ? 'idDescending' : 'id'
  }

  #scan(order: Scan['order'], after?: StreamPosition['after']): Iterable<ScannedItem> {
    const { confines, parameters } = this.#request
    const narrowed = narrowScan({
      where: this.#query.where,
      rootAlias: this.#compiled.rootAlias,
      parameters,
      keyPaths: this.#container.record.definition.partitionKey.paths,
    })
    // The request's own confinement stands beside what WHERE says; both must hold.
    const { pk, pkBounds, ...rest } = narrowed
    const isConfined = confines.pk !== undefined || confines.pkBounds !== undefined
    const place = isConfined ? {} : { ...(pk === undefined ? {} : { pk }), ...(pkBounds ? { pkBounds } : {}) }
    return this.#container.items.scan(
      { ...rest, ...place, ...confines, order, ...(after ? { after } : {}) },
      this.#nowSeconds,
    )
  }

  *#documents(order: Scan['order'], after?: StreamPosition['after']): Generator<ScannedItem> {
    for (const item of this.#scan(order, after)) {
      this.#checkTime()
      this.#scannedCount += 1
      this.#scannedBytes += item.body.length
      yield item
    }
  }

  #toPage(rows: string[], continuation: Continuation | undefined): QueryPage {
    return {
      rows,
      continuation: continuation && writeContinuation(this.#request.text, continuation),
      scannedCount: this.#scannedCount,
      scannedBytes: this.#scannedBytes,
    }
  }

  /** `SELECT VALUE COUNT(1) FROM c`: the file counts without reading a document. */
  #isPlainCount(): boolean {
    const { select, from, where, groupBy, isDistinct, top, offset } = this.#query
    if (select.kind !== 'value' || where || groupBy.length > 0 || isDistinct || top || offset) return false
    const { value } = select
    const isCount = value.kind === 'call' && !value.isUserDefined && value.name.toUpperCase() === 'COUNT'
    const [argument] = isCount ? value.args : []
    const isConstant = argument?.kind === 'literal' && argument.value !== undefined
    return isConstant && from.length === 1 && this.#compiled.rootAlias !== undefined
  }

  #countPage(): QueryPage {
    const count = this.#container.items.count(this.#request.confines, this.#nowSeconds)
    return this.#toPage([String(count)], undefined)
  }

  #constantPage(): QueryPage {
    const results = runBlocking(this.#compiled, (visit) => this.#compiled.enumerate([], visit))
    return this.#toPage(
      results.map(({ value }) => JSON.stringify(value)),
      undefined,
    )
  }

  #streamedPage(order: Scan['order'], start: StreamPosition | undefined): QueryPage {
    const { offset, limit, isStar, isValue, project, enumerate } = this.#compiled
    const isWholeDocument = isStar && this.#query.from[0]?.alias === this.#compiled.rootAlias
    const position: StreamPosition = start ?? { skip: 0, passed: 0, given: 0 }
    const rows: string[] = []
    let size = 0
    let isFull = false
    if (position.given >= limit) return this.#toPage(rows, undefined)
    for (const item of this.#documents(order, position.after)) {
      let rowOfItem = 0
      const isEnough = enumerate([this.#container.parsed.of(item)], (row) => {
        rowOfItem += 1
        if (rowOfItem <= position.skip) return false
        const text = isWholeDocument ? item.body : (JSON.stringify(project(row)) as string | undefined)
        if (text === undefined && isValue) return false
        if (rows.length >= this.#request.pageSize || size > largestPageCharacters) {
          position.skip = rowOfItem - 1
          isFull = true
          return true
        }
        if (position.passed < offset) {
          position.passed += 1
          return false
        }
        rows.push(text ?? '{}')
        size += text?.length ?? 0
        position.given += 1
        return position.given >= limit
      })
      if (isFull) return this.#toPage(rows, { stream: position })
      if (isEnough) return this.#toPage(rows, undefined)
      position.skip = 0
      position.after = { pk: item.pk, id: item.id, rid: item.rid }
    }
    return this.#toPage(rows, undefined)
  }

  #blockingPage(continuation: Continuation | undefined): QueryPage {
    const keepsUndefined = checkOrder(
      this.#query,
      this.#compiled.rootAlias,
      this.#container.record.definition,
    )
    const results = runBlocking(this.#compiled, (visit) => {
      for (const item of this.#documents('rid')) {
        const isEnough = this.#compiled.enumerate([this.#container.parsed.of(item)], (row) =>
          !keepsUndefined && this.#compiled.orderBy[0]?.key(row) === undefined ? false : visit(row),
        )
        if (isEnough) return
      }
    })
    const start = this.#startOf(continuation, results)
    let end = Math.min(results.length, start + this.#request.pageSize)
    const rows: string[] = []
    let size = 0
    for (let at = start; at < end; at += 1) {
      const text = JSON.stringify(results[at]?.value)
      rows.push(text)
      size += text.length
      if (size > largestPageCharacters) end = at + 1
    }
    return this.#toPage(rows, end < results.length ? this.#positionAfter(results, end) : undefined)
  }

  #startOf(continuation: Continuation | undefined, results: readonly { keys: unknown[] }[]): number {
    if (!continuation || 'stream' in continuation) return 0
    if ('offset' in continuation) return continuation.offset.offset
    const { keys, ties } = continuation.sort
    const first = results.findIndex((result) => compareByOrder(this.#compiled, result.keys, keys) >= 0)
    if (first < 0) return results.length
    let start = first
    const isTie = (at: number): boolean => {
      const result = results[at]
      return result !== undefined && compareByOrder(this.#compiled, result.keys, keys) === 0
    }
    while (start - first < ties && isTie(start)) start += 1
    return start
  }

  #positionAfter(results: readonly { keys: unknown[] }[], end: number): Continuation {
    const isSorted = this.#query.orderBy.length > 0 && !this.#compiled.isDistinct
    const keys = results[end - 1]?.keys ?? []
    const hasCut = this.#compiled.offset > 0 || this.#compiled.limit < Infinity
    // A sort state that is long, holds undefined, or is counted by OFFSET and LIMIT, is told by its place instead.
    const isShort =
      isSorted &&
      !hasCut &&
      keys.every((key) => key !== undefined) &&
      JSON.stringify(keys).length < longestSortState
    if (!isShort) return { offset: { offset: end } }
    let ties = 0
    for (let at = end - 1; at >= 0; at -= 1) {
      const result = results[at]
      if (!result || compareByOrder(this.#compiled, result.keys, keys) !== 0) break
      ties += 1
    }
    const sort: SortPosition = { keys, ties }
    return { sort }
  }
}
