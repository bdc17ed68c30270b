import { badRequest, notFound, rangeGone } from '../errors.ts'
import { effectiveKey } from '../partition/effective-key.ts'
import { countRanges, leastSplit, rangeOf, splitRange } from '../partition/key-ranges.ts'
import type { SplitPoint } from '../partition/split-point.ts'
import { ThroughputLimiter } from '../partition/throughput-limiter.ts'
import type { Sandbox } from '../scripts/sandbox.ts'
import { Catalog } from './catalog.ts'
import type { ContainerRecord, DatabaseRecord } from './catalog.ts'
import type { ContainerDefinition } from './container-definition.ts'
import { ContainerIndexes } from './container-indexes.ts'
import { DataFile } from './data-file.ts'
import { IndexCatalog } from './index-catalog.ts'
import { ItemTable } from './item-table.ts'
import { ParsedDocuments, ParsedDocumentsPool } from './parsed-documents.ts'
import { defaultQuerySettings } from './query-settings.ts'
import type { QuerySettings } from './query-settings.ts'
import { ResourceTable } from './resource-table.ts'

const sweptAtOnce = 500

/** A container with its documents. */
export interface OpenContainer {
  database: DatabaseRecord
  record: ContainerRecord
  items: ItemTable
  parsed: ParsedDocuments
}

/** How an account is kept. */
export interface StoreOptions {
  /** How queries are run; the defaults where absent. */
  queries?: Partial<QuerySettings> | undefined
  /** What an account in memory begins with. */
  content?: Uint8Array | undefined
  /** How many physical partitions a new container has; its throughput decides where absent. */
  partitionCount?: number | undefined
  /** Requests over the throughput of what they ask are refused. */
  enforceThroughput?: boolean | undefined
}

/** Everything one account stores, and its clock. */
export class AccountStore {
  readonly file: DataFile
  readonly catalog: Catalog
  /** Users, permissions, scripts, encryption keys. */
  readonly resources: ResourceTable
  readonly clock: () => number
  /** Where stored procedures, triggers and user-defined functions run. */
  readonly sandbox: Sandbox
  readonly indexCatalog: IndexCatalog
  readonly indexes: ContainerIndexes
  readonly settings: QuerySettings
  /** Counts request units where throughput is enforced. */
  readonly limiter: ThroughputLimiter | undefined
  readonly #options: StoreOptions
  readonly #parsed = new ParsedDocumentsPool()
  readonly #open = new Map<number, OpenContainer>()

  /** In memory where no path is given. */
  constructor(path: string | undefined, clock: () => number, sandbox: Sandbox, options: StoreOptions = {}) {
    this.#options = options
    this.limiter = options.enforceThroughput === true ? new ThroughputLimiter(clock) : undefined
    this.file = new DataFile(path, options.content)
    this.catalog = new Catalog(this.file)
    this.resources = new ResourceTable(this.file)
    this.clock = clock
    this.sandbox = sandbox
    this.settings = { ...defaultQuerySettings, ...options.queries }
    this.indexCatalog = new IndexCatalog(this.file)
    this.indexes = new ContainerIndexes(this.file, this.indexCatalog, this.settings)
    this.file.afterRollback.push(() => this.#forgetRolledBack())
  }

  /** Now, in whole seconds, as in `_ts`. */
  nowSeconds(): number {
    return Math.floor(this.clock() / 1000)
  }

  /** @throws ServiceError 404 */
  database(idOrRid: string): DatabaseRecord {
    const database = this.catalog.database(idOrRid)
    if (!database) throw notFound()
    return database
  }

  /** @throws ServiceError 404 */
  container(databaseId: string, idOrRid: string): OpenContainer {
    const database = this.database(databaseId)
    const record = this.catalog.container(database, idOrRid)
    if (!record) throw notFound()
    return this.#openContainer(database, record)
  }

  createContainer(
    database: DatabaseRecord,
    definition: ContainerDefinition,
    throughput: number,
  ): OpenContainer {
    const ts = this.nowSeconds()
    const rangeCount = this.#options.partitionCount ?? countRanges(throughput)
    return this.file.write(() => {
      const record = this.catalog.createContainer(database, definition, { rangeCount, ts })
      const container = this.#openContainer(database, record)
      container.items.create()
      this.indexes.applyPolicy(record)
      return container
    })
  }

  replaceContainer({ record, items }: OpenContainer, definition: ContainerDefinition): void {
    this.file.write(() => {
      if (record.definition.defaultTtl !== definition.defaultTtl) items.resetExpiry(definition.defaultTtl)
      this.catalog.replaceContainer(record, definition, this.nowSeconds())
      this.indexes.applyPolicy(record)
    })
  }

  /**
   * Splits a physical partition in two. Its documents stay where they are; clients that name the old range are told that it is gone.
   * @throws ServiceError 410 when the range is not there, 400 when it cannot be split at this place
   */
  splitPartition(record: ContainerRecord, { rangeId, at }: SplitPoint = {}): void {
    const { ranges } = record
    const { partitionKey } = record.definition
    if (at && (at.length === 0 || at.length > partitionKey.paths.length))
      throw badRequest(`A partition key of this container has 1 to ${partitionKey.paths.length} components.`)
    const place = at && effectiveKey(at, partitionKey)
    const wanted = place === undefined ? leastSplit(ranges) : rangeOf(place, ranges)
    const range = rangeId === undefined ? wanted : ranges.find(({ id }) => id === rangeId)
    if (!range) throw rangeGone(String(rangeId))
    this.file.write(() =>
      this.catalog.replaceRanges(record, splitRange(ranges, range, { definition: partitionKey, at: place })),
    )
  }

  deleteContainer(container: OpenContainer): void {
    this.file.write(() => {
      this.catalog.deleteContainer(container.record)
      this.resources.deleteUnder(container.record.rid)
      container.items.drop()
    })
    this.#close(container)
  }

  deleteDatabase(database: DatabaseRecord): void {
    this.file.write(() => {
      for (const record of this.catalog.containers(database))
        this.deleteContainer(this.#openContainer(database, record))
      this.catalog.deleteDatabase(database)
      this.resources.deleteUnder(database.rid)
    })
  }

  /** Removes some expired documents of each container (readers never see them, swept or not), and versions kept for long enough. */
  sweepExpired(limit = sweptAtOnce): void {
    const now = this.nowSeconds()
    for (const record of this.catalog.allContainers()) {
      const items = new ItemTable(this.file, record, this.indexCatalog)
      const hasExpired = record.definition.defaultTtl !== undefined && items.hasExpired(now)
      if (hasExpired) this.file.write(() => items.sweep(now, limit))
      if (items.versions.isKept) this.file.write(() => items.versions.prune(now))
    }
  }

  /** Whether a container is still there. */
  isThere({ record }: OpenContainer): boolean {
    return this.#open.get(record.number)?.record === record
  }

  /** Stores what is open and closes the file. What still runs, a query between two steps, finds its container gone. */
  close(): void {
    this.indexes.stop()
    this.#open.clear()
    this.file.close()
  }

  #forgetRolledBack(): void {
    const records = new Set(this.catalog.allContainers())
    for (const container of this.#open.values()) if (!records.has(container.record)) this.#close(container)
  }

  #close({ record, parsed }: OpenContainer): void {
    parsed.close()
    this.#open.delete(record.number)
  }

  #openContainer(database: DatabaseRecord, record: ContainerRecord): OpenContainer {
    let open = this.#open.get(record.number)
    if (!open) {
      open = {
        database,
        record,
        items: new ItemTable(this.file, record, this.indexCatalog),
        parsed: new ParsedDocuments(this.#parsed),
      }
      this.#open.set(record.number, open)
    }
    return open
  }
}
