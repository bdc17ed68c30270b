import { notFound } from '../../errors.ts'
import type { AccountStore, OpenContainer } from '../../storage/account-store.ts'
import type { IndexSpec } from '../../storage/indexing-policy.ts'
import type { PartitionScope } from '../../storage/scan.ts'
import type { ScannedItem } from '../../storage/stored-item.ts'
import type { ChosenAccess } from '../access-path/choose-access.ts'
import type { Row } from '../compile/scope.ts'
import { openSource } from './document-source.ts'
import type { NextBatch } from './document-source.ts'
import type { PreparedQuery } from './prepare-query.ts'
import type { QueryMetrics } from './query-page.ts'
import type { Steps } from './run-clock.ts'

/** A query over so many times the documents of one that wants an index gets it at once. */
const urgentTimes = 20

/** Reads the documents of one page of a query, and counts what that takes. */
export class DocumentReader {
  readonly #store: AccountStore
  readonly #container: OpenContainer
  readonly #prepared: PreparedQuery
  readonly #scope: PartitionScope
  #scannedCount = 0
  #scannedBytes = 0
  #matchedCount = 0
  #loadMs = 0
  #used: IndexSpec[] = []

  constructor(store: AccountStore, container: OpenContainer, prepared: PreparedQuery, scope: PartitionScope) {
    this.#store = store
    this.#container = container
    this.#prepared = prepared
    this.#scope = scope
  }

  /** What has been read so far. */
  get metrics(): QueryMetrics {
    const { clock, compileMs } = this.#prepared
    return {
      scannedCount: this.#scannedCount,
      scannedBytes: this.#scannedBytes,
      matchedCount: this.#matchedCount,
      compileMs,
      loadMs: this.#loadMs,
      used: this.#used,
      totalMs: clock.elapsedMs(),
    }
  }

  /** Says which indexes have been read. */
  uses(indexes: IndexSpec[]): void {
    this.#used = indexes
  }

  /** Begins to read the documents of an access that have not expired. */
  open({ access, used }: ChosenAccess, nowSeconds: number): NextBatch {
    this.uses(used)
    const next = openSource(this.#container, access, { scope: this.#scope, nowSeconds })
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
  rowsOf(item: ScannedItem, visit: (row: Row, ordinal: number) => boolean): boolean {
    const { clock, compiled } = this.#prepared
    let ordinal = 0
    clock.look()
    const isEnough = compiled.enumerate([this.#container.parsed.of(item)], (row) => {
      ordinal += 1
      return visit(row, ordinal - 1)
    })
    if (ordinal > 0) this.#matchedCount += 1
    return isEnough
  }

  /** Lets others have their turn. @throws ServiceError 404 when the container is gone afterwards */
  *breathe(): Steps<void> {
    yield
    if (!this.#store.isThere(this.#container)) throw notFound()
  }

  /** Whether an access can still be read: its index may have been dropped meanwhile. */
  isReadable({ access }: ChosenAccess): boolean {
    return !('index' in access) || this.#store.indexCatalog.has(access.index)
  }

  /** Wishes for an index where it would have served better, as many documents have been passed over in vain. */
  noteWish({ wish, isBlind, isOrdered }: ChosenAccess): void {
    if (!wish || !this.#store.isThere(this.#container)) return
    const { manyCandidates } = this.#store.settings
    const { items, record } = this.#container
    const isVain = !isOrdered || this.#scannedCount > 2 * this.#matchedCount
    const isMoreThan = (most: number): boolean =>
      (this.#scannedCount > most && isVain) || (isBlind && items.hasMoreThan(most, this.#scope))
    if (isMoreThan(manyCandidates))
      this.#store.indexes.wish(record, wish, isMoreThan(manyCandidates * urgentTimes))
  }
}
