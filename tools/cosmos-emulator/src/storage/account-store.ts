import { notFound } from '../errors.ts'
import { ParsedDocuments } from '../items/parsed-documents.ts'
import type { Sandbox } from '../scripts/sandbox.ts'
import { Catalog } from './catalog.ts'
import type { ContainerRecord, DatabaseRecord } from './catalog.ts'
import type { ContainerDefinition } from './container-definition.ts'
import { DataFile } from './data-file.ts'
import { ItemTable } from './item-table.ts'
import { ResourceTable } from './resource-table.ts'

const sweptAtOnce = 500

/** A container with its documents. */
export interface OpenContainer {
  database: DatabaseRecord
  record: ContainerRecord
  items: ItemTable
  parsed: ParsedDocuments
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
  readonly #open = new Map<number, OpenContainer>()

  /** In memory where no path is given; `content` is then what it begins with. */
  constructor(path: string | undefined, clock: () => number, sandbox: Sandbox, content?: Uint8Array) {
    this.file = new DataFile(path, content)
    this.catalog = new Catalog(this.file)
    this.resources = new ResourceTable(this.file)
    this.clock = clock
    this.sandbox = sandbox
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
    return this.file.write(() => {
      const record = this.catalog.createContainer(database, definition, { throughput, ts })
      new ItemTable(this.file, record).create()
      return this.#openContainer(database, record)
    })
  }

  replaceContainer({ record, items }: OpenContainer, definition: ContainerDefinition): void {
    this.file.write(() => {
      if (record.definition.defaultTtl !== definition.defaultTtl) items.resetExpiry(definition.defaultTtl)
      this.catalog.replaceContainer(record, definition, this.nowSeconds())
    })
  }

  deleteContainer(container: OpenContainer): void {
    this.file.write(() => {
      this.catalog.deleteContainer(container.record)
      this.resources.deleteUnder(container.record.rid)
      container.items.drop()
    })
    this.#open.delete(container.record.number)
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
      const items = new ItemTable(this.file, record)
      const hasExpired = record.definition.defaultTtl !== undefined && items.hasExpired(now)
      if (hasExpired) this.file.write(() => items.sweep(now, limit))
      if (items.versions.isKept) this.file.write(() => items.versions.prune(now))
    }
  }

  #forgetRolledBack(): void {
    const records = new Set(this.catalog.allContainers())
    for (const [number, { record }] of this.#open) if (!records.has(record)) this.#open.delete(number)
  }

  #openContainer(database: DatabaseRecord, record: ContainerRecord): OpenContainer {
    let open = this.#open.get(record.number)
    if (!open) {
      open = { database, record, items: new ItemTable(this.file, record), parsed: new ParsedDocuments() }
      this.#open.set(record.number, open)
    }
    return open
  }
}
