import { conflict } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { keyRanges } from '../partition/key-ranges.ts'
import type { KeyRange } from '../partition/key-ranges.ts'
import type { ContainerDefinition } from './container-definition.ts'
import type { DataFile } from './data-file.ts'
import { RangeTable } from './range-table.ts'
import { newContainerRid, newDatabaseRid, newOfferId } from './resource-ids.ts'

/** A database as it is stored. */
export interface DatabaseRecord {
  number: number
  id: string
  rid: string
  revision: number
  ts: number
}

/** A container as it is stored. `lsn` counts its writes; it is written back with each commit. */
export interface ContainerRecord {
  number: number
  databaseNumber: number
  id: string
  rid: string
  revision: number
  ts: number
  lsn: number
  definition: ContainerDefinition
  ranges: KeyRange[]
}

/** The throughput of a database or a container. */
export interface OfferRecord {
  /** In the order of their making. */
  number: number
  id: string
  ownerRid: string
  ownerSelf: string
  content: JsonObject
  revision: number
  ts: number
}

const schema = `
  CREATE TABLE IF NOT EXISTS databases (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, rid TEXT NOT NULL, revision INTEGER NOT NULL, ts INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS containers (
    number INTEGER PRIMARY KEY AUTOINCREMENT, databaseNumber INTEGER NOT NULL, id TEXT NOT NULL, rid TEXT NOT NULL, revision INTEGER NOT NULL,
    ts INTEGER NOT NULL, lsn INTEGER NOT NULL, rangeCount INTEGER NOT NULL, definition TEXT NOT NULL, UNIQUE (databaseNumber, id));
  CREATE TABLE IF NOT EXISTS offers (
    id TEXT PRIMARY KEY, ownerRid TEXT NOT NULL UNIQUE, ownerSelf TEXT NOT NULL, content TEXT NOT NULL, revision INTEGER NOT NULL, ts INTEGER NOT NULL);
`

/** Databases, containers and offers of one account: kept in memory, written through to the file. */
export class Catalog {
  readonly #file: DataFile
  readonly #ranges: RangeTable
  #databases = new Map<string, DatabaseRecord>()
  #containers = new Map<string, ContainerRecord>()
  readonly #storedLsn = new Map<number, number>()
  #isChanged = false

  constructor(file: DataFile) {
    this.#file = file
    file.execute(schema)
    this.#ranges = new RangeTable(file)
    this.#load()
    file.beforeCommit.push(() => this.#storeCounters())
    file.afterRollback.push(() => {
      this.#storedLsn.clear()
      if (this.#isChanged) this.#load()
    })
  }

  databases(): DatabaseRecord[] {
    return [...this.#databases.values()]
  }

  /** By id, or by `_rid` as in `_self` links. */
  database(idOrRid: string): DatabaseRecord | undefined {
    return this.#databases.get(idOrRid) ?? this.databases().find((database) => database.rid === idOrRid)
  }

  createDatabase(id: string, ts: number): DatabaseRecord {
    if (this.#databases.has(id)) throw conflict()
    this.#isChanged = true
    const record = { id, rid: newDatabaseRid(), revision: 1, ts }
    const { lastInsertRowid } = this.#file
      .prepare('INSERT INTO databases (id, rid, revision, ts) VALUES (?, ?, ?, ?)')
      .run(record.id, record.rid, record.revision, ts)
    const database = { number: Number(lastInsertRowid), ...record }
    this.#databases.set(id, database)
    return database
  }

  deleteDatabase(database: DatabaseRecord): void {
    this.#isChanged = true
    this.#file.prepare('DELETE FROM databases WHERE number = ?').run(database.number)
    this.#file.prepare('DELETE FROM offers WHERE ownerRid = ?').run(database.rid)
    this.#databases.delete(database.id)
  }

  allContainers(): ContainerRecord[] {
    return [...this.#containers.values()]
  }

  containers(database: DatabaseRecord): ContainerRecord[] {
    return this.allContainers().filter((container) => container.databaseNumber === database.number)
  }

  /** By id, or by `_rid` as in `_self` links. */
  container(database: DatabaseRecord, idOrRid: string): ContainerRecord | undefined {
    return (
      this.#containers.get(keyOf(database.number, idOrRid)) ??
      this.containers(database).find((container) => container.rid === idOrRid)
    )
  }

  createContainer(
    database: DatabaseRecord,
    definition: ContainerDefinition,
    { rangeCount, ts }: { rangeCount: number; ts: number },
  ): ContainerRecord {
    if (this.#containers.has(keyOf(database.number, definition.id))) throw conflict()
    this.#isChanged = true
    const rid = newContainerRid(database.rid)
    const { lastInsertRowid } = this.#file
      .prepare(
        'INSERT INTO containers (databaseNumber, id, rid, revision, ts, lsn, rangeCount, definition) VALUES (?, ?, ?, 1, ?, 0, ?, ?)',
      )
      .run(database.number, definition.id, rid, ts, rangeCount, JSON.stringify(definition))
    const container: ContainerRecord = {
      number: Number(lastInsertRowid),
      databaseNumber: database.number,
      id: definition.id,
      rid,
      revision: 1,
      ts,
      lsn: 0,
      definition,
      ranges: keyRanges(definition.partitionKey, rangeCount),
    }
    this.#ranges.replace(container.number, container.ranges)
    this.#containers.set(keyOf(database.number, container.id), container)
    return container
  }

  /** Sets the physical partitions of a container, after a split. */
  replaceRanges(container: ContainerRecord, ranges: KeyRange[]): void {
    this.#isChanged = true
    container.ranges = ranges
    this.#ranges.replace(container.number, ranges)
  }

  replaceContainer(container: ContainerRecord, definition: ContainerDefinition, ts: number): void {
    this.#isChanged = true
    container.definition = definition
    container.revision += 1
    container.ts = ts
    this.#file
      .prepare('UPDATE containers SET definition = ?, revision = ?, ts = ? WHERE number = ?')
      .run(JSON.stringify(definition), container.revision, ts, container.number)
  }

  deleteContainer(container: ContainerRecord): void {
    this.#isChanged = true
    this.#file.prepare('DELETE FROM containers WHERE number = ?').run(container.number)
    this.#file.prepare('DELETE FROM offers WHERE ownerRid = ?').run(container.rid)
    this.#ranges.remove(container.number)
    this.#containers.delete(keyOf(container.databaseNumber, container.id))
    this.#storedLsn.delete(container.number)
  }

  offers(): OfferRecord[] {
    const rows = this.#file
      .prepare('SELECT rowid AS number, * FROM offers ORDER BY rowid')
      .all() as unknown as (Omit<OfferRecord, 'content'> & { content: string })[]
    return rows.map((row) => ({ ...row, content: JSON.parse(row.content) as JsonObject }))
  }

  /** The offer of a database or a container. */
  offerOf(ownerRid: string): OfferRecord | undefined {
    const row = this.#file
      .prepare('SELECT rowid AS number, * FROM offers WHERE ownerRid = ?')
      .get(ownerRid) as (Omit<OfferRecord, 'content'> & { content: string }) | undefined
    return row && { ...row, content: JSON.parse(row.content) as JsonObject }
  }

  createOffer(owner: { rid: string; self: string }, content: JsonObject, ts: number): void {
    this.#file
      .prepare(
        'INSERT INTO offers (id, ownerRid, ownerSelf, content, revision, ts) VALUES (?, ?, ?, ?, 1, ?)',
      )
      .run(newOfferId(), owner.rid, owner.self, JSON.stringify(content), ts)
  }

  replaceOffer(offer: OfferRecord, content: JsonObject, ts: number): OfferRecord {
    this.#file
      .prepare('UPDATE offers SET content = ?, revision = revision + 1, ts = ? WHERE id = ?')
      .run(JSON.stringify(content), ts, offer.id)
    return { ...offer, content, revision: offer.revision + 1, ts }
  }

  #storeCounters(): void {
    for (const container of this.#containers.values()) {
      if (this.#storedLsn.get(container.number) === container.lsn) continue
      this.#file
        .prepare('UPDATE containers SET lsn = ? WHERE number = ?')
        .run(container.lsn, container.number)
      this.#storedLsn.set(container.number, container.lsn)
    }
  }

  #load(): void {
    this.#isChanged = false
    const known = new Map(this.allContainers().map((container) => [container.number, container]))
    const databases = this.#file.prepare('SELECT * FROM databases').all() as unknown as DatabaseRecord[]
    this.#databases = new Map(databases.map((row) => [row.id, { ...row }]))
    const rows = this.#file.prepare('SELECT * FROM containers').all() as unknown as ContainerRow[]
    const ranges = this.#ranges.all()
    this.#containers = new Map(
      rows.map((row) => {
        const container = toContainer(row, ranges.get(row.number))
        const held = known.get(row.number)
        // Who holds a record goes on with it, and a number once given is never given again.
        const lsn = Math.max(row.lsn, held?.lsn ?? 0)
        return [keyOf(row.databaseNumber, row.id), Object.assign(held ?? container, container, { lsn })]
      }),
    )
  }
}

type ContainerRow = Omit<ContainerRecord, 'definition' | 'ranges'> & {
  definition: string
  rangeCount: number
}

/** A container without stored ranges is older than they are: it has equal slices, and has never been split. */
function toContainer({ rangeCount, ...row }: ContainerRow, ranges: KeyRange[] | undefined): ContainerRecord {
  const definition = JSON.parse(row.definition) as ContainerDefinition
  return { ...row, definition, ranges: ranges ?? keyRanges(definition.partitionKey, rangeCount) }
}

function keyOf(databaseNumber: number, id: string): string {
  return `${databaseNumber}/${id}`
}
