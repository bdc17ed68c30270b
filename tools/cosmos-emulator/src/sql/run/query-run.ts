import type { AccountStore, OpenContainer } from '../../storage/account-store.ts'
import { notFound } from '../../errors.ts'
import type { IndexColumn } from '../../storage/index-key.ts'
import type { IndexSpec } from '../../storage/indexing-policy.ts'
import type { PropertyIndex } from '../../storage/property-index.ts'
import type { PartitionScope } from '../../storage/scan.ts'
import type { ScannedItem } from '../../storage/stored-item.ts'
import type { Query } from '../syntax/ast.ts'
import { BestRows } from './best-rows.ts'
import { chooseAccess } from '../access-path/choose-access.ts'
import type { AccessFacts, ChosenAccess } from '../access-path/choose-access.ts'
import type { CompiledQuery } from '../compile/compile-query.ts'
import type { ComputedProperty } from '../compile/computed-properties.ts'
import { countInFile } from './count-in-file.ts'
import { digestOf, readContinuation, writeContinuation } from './continuation.ts'
import type { Continuation, Position } from './continuation.ts'
import { openSource } from './document-source.ts'
import type { NextBatch } from './document-source.ts'
import { adviseIndexes } from '../access-path/index-advice.ts'
import type { IndexAdvice } from '../access-path/index-advice.ts'
import { narrowScan } from '../access-path/narrow-scan.ts'
import { checkOrder } from '../access-path/order-rules.ts'
import { PageWriter } from './page-writer.ts'
import { propertyRanges } from '../access-path/property-ranges.ts'
import type { PropertyRanges } from '../access-path/property-ranges.ts'
import type { QueryPage, QueryRequest } from './query-page.ts'
import { blockingRun, compareByOrder, runBlocking } from '../compile/run-blocking.ts'
import { passedBy } from './resume-filter.ts'
import type { RunClock } from './run-clock.ts'
import type { Row } from '../compile/scope.ts'
import { documentPath } from '../access-path/where-terms.ts'

/** A query made ready, with the part of the container that it is about. */
export interface PreparedQuery {
  query: Query
  compiled: CompiledQuery
  computed: ReadonlyMap<string, ComputedProperty>
  clock: RunClock
  compileMs: number
}

/** Between these a run may let others have their turn. */
export type Steps<T> = Generator<void, T, void>

const longestContinuation = 8 * 1024
/** A query over so many times the documents of one that wants an index gets it at once. */
const urgentTimes = 20

/** Where a page goes on. */
type Place = Exclude<Continuation, { document: unknown }>

interface SortedRow {
  keys: unknown[]
  rid: number
  /** Its number among the rows of its document. */
  ordinal: number
  text: string
}

/** One page of a query. */
export class QueryRun {
  readonly #store: AccountStore
  readonly #container: OpenContainer
  readonly #request: QueryRequest
  readonly #prepared: PreparedQuery
  readonly #nowSeconds: number
  readonly #scope: PartitionScope
  readonly #bounds: AccessFacts['bounds']
  /** What has been passed before the query begins, where its client goes on behind a row. */
  readonly #start: Position['after']
  readonly #whereKey: string | undefined
  #scannedCount = 0
  #scannedBytes = 0
  #matchedCount = 0
  #loadMs = 0
  #used: IndexSpec[] = []

  constructor(store: AccountStore, container: OpenContainer, request: QueryRequest, prepared: PreparedQuery) {
    this.#store = store
    this.#container = container
    this.#request = request
    this.#prepared = prepared
    this.#nowSeconds = store.nowSeconds()
    const { pk, pkBounds, ...bounds } = narrowScan({
      where: prepared.query.where,
      rootAlias: prepared.compiled.rootAlias,
      parameters: request.parameters,
      keyPaths: container.record.definition.partitionKey.paths,
    })
    const { confines } = request
    // The request's own confinement stands beside what WHERE says; both must hold.
    const isConfined = confines.pk !== undefined || confines.pkBounds !== undefined
    const place = isConfined ? {} : { ...(pk !== undefined && { pk }), ...(pkBounds && { pkBounds }) }
    this.#scope = { ...place, ...confines }
    this.#bounds = bounds
    this.#start = request.resume && passedBy(request.resume, prepared.compiled.orderBy, container.record.rid)
    this.#whereKey = pk
  }

  /** Finds the page. @throws ServiceError 400, 404 or 408 */
  *page(): Steps<QueryPage> {
    const { compiled, query } = this.#prepared
    const continuation = this.#readContinuation()
    if (query.from.length === 0) return this.#constantPage()
    const counted = compiled.isGrouped ? this.#countInFile() : undefined
    if (counted) return counted
    if (compiled.isGrouped || compiled.isDistinct) return yield* this.#blockingPage(continuation)
    const keepsUndefined = checkOrder(query, compiled.rootAlias, this.#container.record.definition)
    const after = continuation && 'position' in continuation ? continuation.position.after : this.#start
    const chosen = this.#choose(keepsUndefined, {
      order: this.#order(),
      needsAll: false,
      after,
    })
    try {
      return yield* chosen.isOrdered
        ? this.#streamedPage(chosen, continuation)
        : this.#sortedPage(chosen, keepsUndefined, continuation)
    } finally {
      // Also, and the more so, when it has failed for having taken too long.
      this.#noteWish(chosen)
    }
  }

  #choose(
    keepsUndefined: boolean,
    wanted: { order: IndexColumn[]; needsAll: boolean; after: Position['after'] },
  ): ChosenAccess {
    return chooseAccess(this.#container, {
      ...wanted,
      scope: this.#scope,
      bounds: this.#bounds,
      conditions: this.#conditions(),
      keepsUndefined,
      indexes: this.#indexes(),
    })
  }

  #conditions(): PropertyRanges {
    const { query, compiled } = this.#prepared
    if (compiled.rootAlias === undefined) return new Map()
    const { parameters } = this.#request
    const ranges = propertyRanges(query.where, { rootAlias: compiled.rootAlias, parameters })
    // A computed property is not in the document.
    return new Map([...ranges].filter(([path]) => !this.#isComputed(path)))
  }

  /** What the query is sorted by; a computed property has no path. */
  #order(): IndexColumn[] {
    const { query, compiled } = this.#prepared
    return query.orderBy.map(({ value, isDescending }) => {
      const path = documentPath(value, compiled.rootAlias ?? '')
      return { path: path === undefined || this.#isComputed(path) ? [] : toNames(path), isDescending }
    })
  }

  #advise(): IndexAdvice {
    const wanted = { conditions: this.#conditions(), order: this.#order() }
    return adviseIndexes(wanted, this.#container.record.definition)
  }

  #isComputed(path: string): boolean {
    return this.#prepared.computed.has(toNames(path)[0] ?? '')
  }

  /** Reads the documents of an access, and counts them. */
  #open({ access, used }: ChosenAccess): NextBatch {
    this.#used = used
    const next = openSource(this.#container, access, { scope: this.#scope, nowSeconds: this.#nowSeconds })
    return () => {
      const startedAt = performance.now()
      const batch = next()
      this.#loadMs += performance.now() - startedAt
      this.#scannedCount += batch.length
      for (const { body } of batch) this.#scannedBytes += body.length
      return batch
    }
  }

  /** Calls back for the rows of a document, with their numbers. @returns whether it has said that this is enough */
  #rowsOf(item: ScannedItem, visit: (row: Row, ordinal: number) => boolean): boolean {
    let ordinal = 0
    this.#prepared.clock.check()
    const isEnough = this.#prepared.compiled.enumerate([this.#container.parsed.of(item)], (row) => {
      ordinal += 1
      return visit(row, ordinal - 1)
    })
    if (ordinal > 0) this.#matchedCount += 1
    return isEnough
  }

  /** Lets others have their turn when it is time. @throws ServiceError 404 when the container is gone afterwards */
  *#breathe(): Steps<void> {
    if (!this.#prepared.clock.isSliceOver()) return
    yield
    if (!this.#store.isThere(this.#container)) throw notFound()
  }

  /** Whether an access can still be read: its index may have been dropped meanwhile. */
  #isReadable({ access }: ChosenAccess): boolean {
    return !('index' in access) || this.#store.indexCatalog.has(access.index)
  }

  #countInFile(): QueryPage | undefined {
    const { query, compiled, computed } = this.#prepared
    const { confines, parameters } = this.#request
    const found = countInFile(this.#container, {
      query,
      rootAlias: compiled.rootAlias,
      parameters,
      conditions: this.#conditions(),
      confines,
      scope: this.#scope,
      whereKey: this.#whereKey,
      indexes: this.#indexes(),
      hasComputed: computed.size > 0,
      nowSeconds: this.#nowSeconds,
    })
    if (!found) return undefined
    this.#used = found.used
    return this.#toPage([String(found.count)], undefined)
  }

  /** The indexes that can be read. */
  #indexes(): readonly PropertyIndex[] {
    if (this.#store.settings.indexing === 'off') return []
    const all = this.#store.indexCatalog.of(this.#container.record.number)
    return all.filter(({ record }) => record.isReady)
  }

  #constantPage(): QueryPage {
    const { compiled } = this.#prepared
    const results = runBlocking(compiled, (visit) => compiled.enumerate([], visit))
    return this.#toPage(
      results.map(({ value }) => JSON.stringify(value)),
      undefined,
    )
  }

  /** A result that comes in order, document by document: it can end, and go on, anywhere. */
  *#streamedPage(chosen: ChosenAccess, continuation: Place | undefined): Steps<QueryPage> {
    const { clock } = this.#prepared
    const { writer, position } = this.#begin(continuation)
    let { partial } = position
    let last: ScannedItem | undefined
    const here = (inside?: Position['partial']): Place => {
      const after = last ? this.#placeOf(last) : position.after
      const partly = inside && { partial: inside }
      return { position: { ...writer.progress, ...(after && { after }), ...partly } }
    }
    if (writer.isEnough) return this.#toPage([], undefined)
    const next = this.#open(chosen)
    for (let batch = next(); batch.length > 0; batch = next()) {
      for (const item of batch) {
        let skip = 0
        const isOver = this.#rowsOf(item, (row, ordinal) => {
          if (partial?.rid === item.rid && ordinal < partial.skip) return false
          skip = ordinal
          const text = this.#textOf(row, item)
          return text !== undefined && (!writer.add(text) || writer.isEnough)
        })
        if (isOver && writer.isEnough) return this.#toPage(writer.rows, undefined)
        if (isOver) return this.#toPage(writer.rows, here({ rid: item.rid, skip }))
        last = item
        partial = undefined
      }
      if (clock.isPageOver()) return this.#toPage(writer.rows, here())
      yield* this.#breathe()
      if (!this.#isReadable(chosen)) return this.#toPage(writer.rows, here())
    }
    return this.#toPage(writer.rows, undefined)
  }

  #placeOf(item: ScannedItem): Position['after'] {
    const { orderBy } = this.#prepared.compiled
    const row = orderBy.length === 0 ? [] : [this.#container.parsed.of(item)]
    return { rid: item.rid, keys: orderBy.map(({ key }) => key(row)) }
  }

  /** A result that is sorted here: of all its rows, those that fit on the page are kept. */
  *#sortedPage(
    chosen: ChosenAccess,
    keepsUndefined: boolean,
    continuation: Place | undefined,
  ): Steps<QueryPage> {
    const { compiled } = this.#prepared
    const { writer, position } = this.#begin(continuation)
    const { after, partial } = position
    if (writer.isEnough) return this.#toPage([], undefined)
    const best = new BestRows<SortedRow>(writer.wanted, (a, b) => this.#compareRows(a, b))
    const next = this.#open(chosen)
    for (let batch = next(); batch.length > 0; batch = next()) {
      for (const item of batch)
        this.#rowsOf(item, (row, ordinal) => {
          const { rid } = item
          const sorted: SortedRow = {
            keys: compiled.orderBy.map(({ key }) => key(row)),
            rid,
            ordinal,
            text: '',
          }
          const isBefore = after && this.#compareRows(sorted, { ...after, ordinal: Infinity }) <= 0
          if (isBefore === true || (partial?.rid === rid && ordinal < partial.skip)) return false
          if ((!keepsUndefined && sorted.keys[0] === undefined) || !best.fits(sorted)) return false
          const text = this.#textOf(row, item)
          if (text !== undefined) best.add({ ...sorted, text })
          return false
        })
      yield* this.#breathe()
    }
    return this.#writeSorted(best.sorted(), writer, after)
  }

  #writeSorted(rows: readonly SortedRow[], writer: PageWriter, start: Position['after']): QueryPage {
    let after = start
    let last: SortedRow | undefined
    for (const row of rows) {
      const isSame = last?.rid === row.rid
      if (last && !isSame) after = { rid: last.rid, keys: last.keys }
      if (!writer.add(row.text))
        return this.#toPage(writer.rows, {
          position: {
            ...writer.progress,
            ...(after && { after }),
            ...(isSame && { partial: { rid: row.rid, skip: row.ordinal } }),
          },
        })
      if (writer.isEnough) break
      last = row
    }
    return this.#toPage(writer.rows, undefined)
  }

  /** By the ORDER BY; equal rows by document, in the direction of its first property. */
  #compareRows(
    a: Pick<SortedRow, 'keys' | 'rid' | 'ordinal'>,
    b: Pick<SortedRow, 'keys' | 'rid' | 'ordinal'>,
  ): number {
    const { compiled } = this.#prepared
    const difference = compareByOrder(compiled, a.keys, b.keys)
    if (difference !== 0) return difference
    if (a.rid !== b.rid) return compiled.orderBy[0]?.isDescending === true ? b.rid - a.rid : a.rid - b.rid
    return a.ordinal - b.ordinal
  }

  /** The place of a continuation. Where that is a document with long keys, they are read from it, unless it has changed. */
  #readContinuation(): Place | undefined {
    const continuation = readContinuation(this.#request.text, this.#request.continuation)
    if (!continuation || !('document' in continuation)) return continuation
    const { after, ...rest } = continuation.document
    const item = this.#container.items.findByNumber(after.rid)
    const place = item && this.#placeOf(item)
    const isSame = place && digestOf(place.keys) === after.digest
    return isSame ? { position: { ...rest, after: place } } : { offset: rest.given }
  }

  #begin(continuation: Place | undefined): { writer: PageWriter; position: Position } {
    const { compiled } = this.#prepared
    const { pageSize } = this.#request
    if (!continuation || 'position' in continuation) {
      const position = continuation?.position ?? { passed: 0, given: 0, ...this.#fromStart() }
      return { writer: new PageWriter(pageSize, compiled, position), position }
    }
    // From the beginning, past what has been given.
    const { offset: given } = continuation
    const cut = { offset: compiled.offset + given, limit: compiled.limit }
    const position: Position = { passed: 0, given, ...this.#fromStart() }
    return { writer: new PageWriter(pageSize, cut, position), position }
  }

  #fromStart(): Pick<Position, 'after'> {
    return this.#start ? { after: this.#start } : {}
  }

  #textOf(row: Row, item: ScannedItem): string | undefined {
    const { compiled, query } = this.#prepared
    if (compiled.isStar && query.from[0]?.alias === compiled.rootAlias) return item.body
    const text = JSON.stringify(compiled.project(row)) as string | undefined
    return text ?? (compiled.isValue ? undefined : '{}')
  }

  /** A result of which nothing can be told before everything has been seen. */
  *#blockingPage(continuation: Place | undefined): Steps<QueryPage> {
    const { compiled, query } = this.#prepared
    const keepsUndefined = checkOrder(query, compiled.rootAlias, this.#container.record.definition)
    const chosen = this.#choose(keepsUndefined, { order: [], needsAll: true, after: undefined })
    const run = blockingRun(compiled)
    const next = this.#open(chosen)
    let isEnough = false
    try {
      for (let batch = next(); batch.length > 0 && !isEnough; batch = next()) {
        for (const item of batch) {
          isEnough ||= this.#rowsOf(item, (row) => {
            if (!keepsUndefined && compiled.orderBy[0]?.key(row) === undefined) return false
            return this.#isBeforeStart(row, item) ? false : run.visit(row)
          })
        }
        yield* this.#breathe()
        if (!this.#isReadable(chosen)) return yield* this.#blockingPage(continuation)
      }
    } finally {
      this.#noteWish(chosen)
    }
    const results = run.results()
    const first = continuation && 'offset' in continuation ? continuation.offset : 0
    const writer = new PageWriter(
      this.#request.pageSize,
      { offset: 0, limit: Infinity },
      { passed: 0, given: 0 },
    )
    for (let at = first; at < results.length; at += 1)
      if (!writer.add(JSON.stringify(results[at]?.value)))
        return this.#toPage(writer.rows, { offset: first + writer.rows.length })
    return this.#toPage(writer.rows, undefined)
  }

  #isBeforeStart(row: Row, { rid }: ScannedItem): boolean {
    if (!this.#start) return false
    const keys = this.#prepared.compiled.orderBy.map(({ key }) => key(row))
    return this.#compareRows({ keys, rid, ordinal: 0 }, { ...this.#start, ordinal: Infinity }) <= 0
  }

  /** A query that has passed over many documents in vain would be served better by an index. */
  #noteWish({ wish, isBlind, isOrdered }: ChosenAccess): void {
    if (!wish || !this.#store.isThere(this.#container)) return
    const { manyCandidates } = this.#store.settings
    const { items, record } = this.#container
    const isVain = !isOrdered || this.#scannedCount > 2 * this.#matchedCount
    const isMoreThan = (most: number): boolean =>
      (this.#scannedCount > most && isVain) || (isBlind && items.hasMoreThan(most, this.#scope))
    if (isMoreThan(manyCandidates))
      this.#store.indexes.wish(record, wish, isMoreThan(manyCandidates * urgentTimes))
  }

  #toPage(rows: string[], continuation: Place | undefined): QueryPage {
    const { text, longestContinuation: longest = longestContinuation } = this.#request
    return {
      rows,
      continuation: continuation && writeContinuation(text, continuation, longest),
      ...(this.#request.wantsAdvice === true && { advice: this.#advise() }),
      metrics: {
        scannedCount: this.#scannedCount,
        scannedBytes: this.#scannedBytes,
        matchedCount: this.#matchedCount,
        compileMs: this.#prepared.compileMs,
        loadMs: this.#loadMs,
        used: this.#used,
        totalMs: this.#prepared.clock.elapsedMs(),
      },
    }
  }
}

function toNames(path: string): string[] {
  return JSON.parse(path) as string[]
}
