import type { AccountStore, OpenContainer } from '../../storage/account-store.ts'
import type { PropertyIndex } from '../../storage/property-index.ts'
import type { ScannedItem } from '../../storage/stored-item.ts'
import { chooseAccess } from '../access-path/choose-access.ts'
import type { AccessFacts, ChosenAccess } from '../access-path/choose-access.ts'
import { adviseIndexes } from '../access-path/index-advice.ts'
import { checkOrder } from '../access-path/order-rules.ts'
import { blockingRun, runBlocking } from '../compile/run-blocking.ts'
import type { Row } from '../compile/scope.ts'
import { BestRows } from './best-rows.ts'
import {
  digestOf,
  longestContinuationCharacters,
  readContinuation,
  writeContinuation,
} from './continuation.ts'
import type { Continuation, ResumePosition, TokenOwner } from './continuation.ts'
import { countInFile } from './count-in-file.ts'
import { DocumentReader } from './document-reader.ts'
import { PageWriter } from './page-writer.ts'
import type { PreparedQuery } from './prepare-query.ts'
import { queryFacts } from './query-facts.ts'
import type { QueryFacts } from './query-facts.ts'
import type { QueryPage, QueryRequest } from './query-page.ts'
import { passedBy } from './resume-filter.ts'
import type { Steps } from './run-clock.ts'
import { compareRows, isBehind, writeSorted } from './sorted-rows.ts'
import type { SortedRow } from './sorted-rows.ts'

/** Where a page goes on. */
type Place = Exclude<Continuation, { document: unknown }>

/** One page of a query. */
export class QueryRun {
  readonly #store: AccountStore
  readonly #container: OpenContainer
  readonly #request: QueryRequest
  readonly #prepared: PreparedQuery
  readonly #nowSeconds: number
  readonly #facts: QueryFacts
  readonly #reader: DocumentReader
  /** What has been passed before the query begins, where its client goes on behind a row. */
  readonly #start: ResumePosition['after']

  constructor(store: AccountStore, container: OpenContainer, request: QueryRequest, prepared: PreparedQuery) {
    this.#store = store
    this.#container = container
    this.#request = request
    this.#prepared = prepared
    this.#nowSeconds = store.nowSeconds()
    this.#facts = queryFacts(container, request, prepared)
    this.#reader = new DocumentReader(store, container, prepared, this.#facts.scope)
    this.#start = request.resume && passedBy(request.resume, prepared.compiled.orderBy, container.record.rid)
  }

  /** Finds the page. @throws ServiceError 400, 404 or 408 */
  *page(): Steps<QueryPage> {
    const { compiled, query } = this.#prepared
    const continuation = this.#readContinuation()
    if (query.from.length === 0) return this.#constantPage()
    const counted = compiled.isGrouped ? this.#countedPage() : undefined
    if (counted) return counted
    const keepsUndefined = checkOrder(query, compiled.rootAlias, this.#container.record.definition)
    if (compiled.isGrouped || compiled.isDistinct)
      return yield* this.#blockingPage(keepsUndefined, continuation)
    const after = continuation && 'position' in continuation ? continuation.position.after : this.#start
    const chosen = this.#choose({ order: this.#facts.order, needsAll: false, keepsUndefined, after })
    try {
      return yield* chosen.isOrdered
        ? this.#streamedPage(chosen, continuation)
        : this.#sortedPage(chosen, keepsUndefined, continuation)
    } finally {
      // Also, and the more so, when it has failed for having taken too long.
      this.#reader.noteWish(chosen)
    }
  }

  #choose(wanted: Pick<AccessFacts, 'order' | 'needsAll' | 'keepsUndefined' | 'after'>): ChosenAccess {
    const { scope, bounds, conditions } = this.#facts
    return chooseAccess(this.#container, { ...wanted, scope, bounds, conditions, indexes: this.#indexes() })
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

  #countedPage(): QueryPage | undefined {
    const { query, compiled, computed } = this.#prepared
    const { confines, parameters } = this.#request
    const { scope, whereKey, conditions } = this.#facts
    const found = countInFile(this.#container, {
      query,
      rootAlias: compiled.rootAlias,
      parameters,
      conditions,
      confines,
      scope,
      whereKey,
      indexes: this.#indexes(),
      hasComputed: computed.size > 0,
      nowSeconds: this.#nowSeconds,
    })
    if (!found) return undefined
    this.#reader.uses(found.used)
    return this.#toPage([String(found.count)], undefined)
  }

  /** A result that comes in order, document by document: it can end, and go on, anywhere. */
  *#streamedPage(chosen: ChosenAccess, continuation: Place | undefined): Steps<QueryPage> {
    const { clock } = this.#prepared
    const reader = this.#reader
    const { writer, position } = this.#begin(continuation)
    let { partial } = position
    let last: ScannedItem | undefined
    const here = (inside?: ResumePosition['partial']): Place => {
      const after = last ? this.#placeOf(last) : position.after
      const partly = inside && { partial: inside }
      return { position: { ...writer.progress, ...(after && { after }), ...partly } }
    }
    if (writer.isEnough) return this.#toPage([], undefined)
    const next = reader.open(chosen, this.#nowSeconds)
    for (let batch = next(); batch.length > 0; batch = next()) {
      for (const item of batch) {
        let skip = 0
        const isOver = reader.rowsOf(item, (row, ordinal) => {
          if (partial?.rid === item.rid && ordinal < partial.skip) return false
          skip = ordinal
          const text = this.#textOf(row, item)
          return text !== undefined && (!writer.add(text) || writer.isEnough)
        })
        if (isOver && writer.isEnough) return this.#toPage(writer.rows, undefined)
        if (isOver) return this.#toPage(writer.rows, here({ rid: item.rid, skip }))
        last = item
        partial = undefined
        if (clock.isPageOver()) return this.#toPage(writer.rows, here())
        if (!clock.isSliceOver()) continue
        yield* reader.breathe()
        if (!reader.isReadable(chosen)) return this.#toPage(writer.rows, here())
      }
    }
    return this.#toPage(writer.rows, undefined)
  }

  /** A result that is sorted here: of all its rows, those that fit on the page are kept. */
  *#sortedPage(
    chosen: ChosenAccess,
    keepsUndefined: boolean,
    continuation: Place | undefined,
  ): Steps<QueryPage> {
    const { compiled, clock } = this.#prepared
    const reader = this.#reader
    const { writer, position } = this.#begin(continuation)
    const { after, partial } = position
    if (writer.isEnough) return this.#toPage([], undefined)
    const best = new BestRows<SortedRow>(writer.wanted, (a, b) => compareRows(compiled, a, b))
    const next = reader.open(chosen, this.#nowSeconds)
    for (let batch = next(); batch.length > 0; batch = next()) {
      for (const item of batch) {
        reader.rowsOf(item, (row, ordinal) => {
          const { rid } = item
          const keys = compiled.orderBy.map(({ key }) => key(row))
          const sorted: SortedRow = { keys, rid, ordinal, text: '' }
          if (!isBehind(compiled, sorted, after)) return false
          if (partial?.rid === rid && ordinal < partial.skip) return false
          if ((!keepsUndefined && keys[0] === undefined) || !best.fits(sorted)) return false
          const text = this.#textOf(row, item)
          if (text !== undefined) best.add({ ...sorted, text })
          return false
        })
        if (clock.isSliceOver()) yield* reader.breathe()
      }
    }
    const place = writeSorted(best.sorted(), writer, after)
    return this.#toPage(writer.rows, place)
  }

  /** A result of which nothing can be told before everything has been seen. */
  *#blockingPage(keepsUndefined: boolean, continuation: Place | undefined): Steps<QueryPage> {
    const { compiled, clock } = this.#prepared
    const reader = this.#reader
    const chosen = this.#choose({ order: [], needsAll: true, keepsUndefined, after: undefined })
    const run = blockingRun(compiled)
    const next = reader.open(chosen, this.#nowSeconds)
    let isEnough = false
    try {
      for (let batch = next(); batch.length > 0 && !isEnough; batch = next()) {
        for (const item of batch) {
          isEnough ||= reader.rowsOf(item, (row) => {
            const keys = compiled.orderBy.map(({ key }) => key(row))
            if (!keepsUndefined && keys[0] === undefined) return false
            return isBehind(compiled, { keys, rid: item.rid, ordinal: 0 }, this.#start) && run.visit(row)
          })
          if (!clock.isSliceOver()) continue
          yield* reader.breathe()
          if (!reader.isReadable(chosen)) return yield* this.#blockingPage(keepsUndefined, continuation)
        }
      }
    } finally {
      reader.noteWish(chosen)
    }
    const results = run.results()
    const first = continuation && 'offset' in continuation ? continuation.offset : 0
    const whole = { offset: 0, limit: Infinity }
    const writer = new PageWriter(this.#request.pageSize, whole, { passed: 0, given: 0 })
    for (let at = first; at < results.length; at += 1)
      if (!writer.add(JSON.stringify(results[at]?.value)))
        return this.#toPage(writer.rows, { offset: first + writer.rows.length })
    return this.#toPage(writer.rows, undefined)
  }

  /** The place of a continuation. Where that is a document with long keys, they are read from it, unless it has changed. */
  #readContinuation(): Place | undefined {
    const continuation = readContinuation(this.#tokenOwner, this.#request.continuation)
    if (!continuation || !('document' in continuation)) return continuation
    const { after, ...rest } = continuation.document
    const item = this.#container.items.findByNumber(after.rid)
    const place = item && this.#placeOf(item)
    const isSame = place && digestOf(place.keys) === after.digest
    return isSame ? { position: { ...rest, after: place } } : { offset: rest.given }
  }

  get #tokenOwner(): TokenOwner {
    return { text: this.#request.text, containerRid: this.#container.record.rid }
  }

  #begin(continuation: Place | undefined): { writer: PageWriter; position: ResumePosition } {
    const { compiled } = this.#prepared
    const { pageSize } = this.#request
    const start = this.#start ? { after: this.#start } : {}
    if (!continuation || 'position' in continuation) {
      const position = continuation?.position ?? { passed: 0, given: 0, ...start }
      return { writer: new PageWriter(pageSize, compiled, position), position }
    }
    // From the beginning, past what has been given.
    const { offset: given } = continuation
    const cut = { offset: compiled.offset + given, limit: compiled.limit }
    const position: ResumePosition = { passed: 0, given, ...start }
    return { writer: new PageWriter(pageSize, cut, position), position }
  }

  #placeOf(item: ScannedItem): NonNullable<ResumePosition['after']> {
    const { orderBy } = this.#prepared.compiled
    const row = orderBy.length === 0 ? [] : [this.#container.parsed.of(item)]
    return { rid: item.rid, keys: orderBy.map(({ key }) => key(row)) }
  }

  #textOf(row: Row, item: ScannedItem): string | undefined {
    const { compiled, query } = this.#prepared
    if (compiled.isStar && query.from[0]?.alias === compiled.rootAlias) return item.body
    const text = JSON.stringify(compiled.project(row)) as string | undefined
    return text ?? (compiled.isValue ? undefined : '{}')
  }

  #toPage(rows: string[], continuation: Place | undefined): QueryPage {
    const { wantsAdvice, longestContinuation = longestContinuationCharacters } = this.#request
    return {
      rows,
      continuation: continuation && writeContinuation(this.#tokenOwner, continuation, longestContinuation),
      ...(wantsAdvice === true && { advice: adviseIndexes(this.#facts, this.#container.record.definition) }),
      metrics: this.#reader.metrics,
    }
  }
}
