import { conflict } from '../errors.ts'
import type { ContainerRecord } from './catalog.ts'
import { Conditions } from './conditions.ts'
import type { DataFile } from './data-file.ts'
import type { IndexCatalog } from './index-catalog.ts'
import type { FeedQuery, PartitionScope, Scan } from './scan.ts'
import type { ScannedItem, StoredItem } from './stored-item.ts'
import { VersionTable } from './version-table.ts'

/** So many documents are measured to tell how large a container is. */
const measured = 200

/** The documents of one container: a table of its own, with the indexes that scans and the change feed need. */
export class ItemTable {
  readonly #file: DataFile
  readonly #name: string
  readonly #keysName: string
  readonly #container: ContainerRecord
  readonly #indexes: IndexCatalog
  /** What was before, for containers that keep it. */
  readonly versions: VersionTable

  constructor(file: DataFile, container: ContainerRecord, indexes: IndexCatalog) {
    this.#file = file
    this.#indexes = indexes
    this.#name = `items_${container.number}`
    this.#keysName = `keys_${container.number}`
    this.#container = container
    this.versions = new VersionTable(file, container)
  }

  /** Makes the table of a new container. */
  create(): void {
    const name = this.#name
    this.#file.execute(`
      CREATE TABLE ${name} (
        rid INTEGER PRIMARY KEY, pk TEXT NOT NULL, id TEXT NOT NULL, epk TEXT NOT NULL, lsn INTEGER NOT NULL,
        ts INTEGER NOT NULL, ttl INTEGER, expires INTEGER, etag TEXT NOT NULL, body TEXT NOT NULL);
      CREATE UNIQUE INDEX ${name}_id ON ${name} (pk, id);
      CREATE INDEX ${name}_pk ON ${name} (pk);
      CREATE UNIQUE INDEX ${name}_lsn ON ${name} (lsn);
      CREATE INDEX ${name}_expires ON ${name} (expires) WHERE expires IS NOT NULL;
      CREATE TABLE ${this.#keysName} (pk TEXT NOT NULL, position INTEGER NOT NULL, value TEXT NOT NULL, rid INTEGER NOT NULL,
        PRIMARY KEY (pk, position, value)) WITHOUT ROWID;
      CREATE INDEX ${this.#keysName}_rid ON ${this.#keysName} (rid);
    `)
  }

  /** Drops the table of a deleted container. */
  drop(): void {
    for (const index of this.#indexes.of(this.#container.number)) this.#indexes.drop(index)
    this.#file.forgetStatements(this.#name)
    this.#file.forgetStatements(this.#keysName)
    this.#file.execute(`DROP TABLE ${this.#name}; DROP TABLE ${this.#keysName};`)
    this.versions.drop()
  }

  /** A document, also an expired one that no sweep has removed yet. */
  find(pk: string, id: string): StoredItem | undefined {
    return this.#prepare(`SELECT * FROM ${this.#name} WHERE pk = ? AND id = ?`).get(pk, id) as
      | StoredItem
      | undefined
  }

  /** The document with this number, also an expired one. */
  findByNumber(rid: number): StoredItem | undefined {
    return this.#prepare(`SELECT * FROM ${this.#name} WHERE rid = ?`).get(rid) as StoredItem | undefined
  }

  insert(item: StoredItem): void {
    this.#prepare(
      `INSERT INTO ${this.#name} (rid, pk, id, epk, lsn, ts, ttl, expires, etag, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      item.rid,
      item.pk,
      item.id,
      item.epk,
      item.lsn,
      item.ts,
      item.ttl,
      item.expires,
      item.etag,
      item.body,
    )
    this.#indexes.follow(this.#container.number, undefined, item)
    if (this.versions.isKept) this.versions.addVersion(item, undefined)
  }

  /** `previous` is the document as it was until now. */
  update(item: StoredItem, previous: StoredItem): void {
    this.#prepare(
      `UPDATE ${this.#name} SET lsn = ?, ts = ?, ttl = ?, expires = ?, etag = ?, body = ? WHERE rid = ?`,
    ).run(item.lsn, item.ts, item.ttl, item.expires, item.etag, item.body, item.rid)
    this.#indexes.follow(this.#container.number, previous, item)
    if (this.versions.isKept) this.versions.addVersion(item, previous)
  }

  /** Removes a document that is deleted, or whose time to live is over. */
  remove(item: StoredItem, nowSeconds: number): void {
    this.#prepare(`DELETE FROM ${this.#name} WHERE rid = ?`).run(item.rid)
    this.#indexes.follow(this.#container.number, item, undefined)
    this.clearKeys(item.rid)
    this.#noteDelete(item, nowSeconds)
  }

  /** Sets a document's unique keys. @throws ServiceError 409 when one is taken in this partition */
  takeKeys(item: StoredItem, values: readonly string[], nowSeconds: number): void {
    this.clearKeys(item.rid)
    for (const [position, value] of values.entries()) {
      const holder = this.#prepare(
        `SELECT i.* FROM ${this.#keysName} k JOIN ${this.#name} i ON i.rid = k.rid WHERE k.pk = ? AND k.position = ? AND k.value = ?`,
      ).get(item.pk, position, value) as StoredItem | undefined
      if (holder && !isExpired(holder, nowSeconds)) throw conflict('Unique index constraint violation.')
      if (holder) this.remove(holder, nowSeconds)
      this.#prepare(`INSERT INTO ${this.#keysName} (pk, position, value, rid) VALUES (?, ?, ?, ?)`).run(
        item.pk,
        position,
        value,
        item.rid,
      )
    }
  }

  clearKeys(rid: number): void {
    this.#prepare(`DELETE FROM ${this.#keysName} WHERE rid = ?`).run(rid)
  }

  /**
   * Removes some of the documents of one logical partition (or of a prefix of the key), none that changed after this point.
   * @returns how many
   */
  removeSome(
    scope: Pick<PartitionScope, 'pk' | 'pkBounds'>,
    { upToLsn, limit, nowSeconds }: { upToLsn: number; limit: number; nowSeconds: number },
  ): number {
    const conditions = new Conditions()
    conditions.addPartition(scope)
    conditions.add('lsn <= ?', upToLsn)
    const items = this.#prepare(`SELECT * FROM ${this.#name}${conditions.toWhere()} LIMIT ?`).all(
      ...conditions.values,
      limit,
    ) as unknown as StoredItem[]
    for (const item of items) this.remove(item, nowSeconds)
    return items.length
  }

  /** The documents of these `rid`s that have not expired, by `rid`. */
  scanRids(rids: readonly number[], scope: PartitionScope, nowSeconds: number): Iterable<ScannedItem> {
    const conditions = new Conditions()
    conditions.add('rid IN (SELECT value FROM json_each(?))', JSON.stringify(rids))
    conditions.addPartition(scope)
    conditions.add('(expires IS NULL OR expires > ?)', nowSeconds)
    return this.#prepare(
      `SELECT rid, pk, id, lsn, body FROM ${this.#name}${conditions.toWhere()} ORDER BY rid`,
    ).iterate(...conditions.values) as unknown as Iterable<ScannedItem>
  }

  /** The documents of a scan that have not expired, one by one. */
  scan(scan: Scan, nowSeconds: number): Iterable<ScannedItem> {
    const conditions = new Conditions()
    conditions.addPartition(scan)
    if (scan.id !== undefined) conditions.add('id = ?', scan.id)
    if (scan.ids) conditions.add(`id IN (SELECT value FROM json_each(?))`, JSON.stringify(scan.ids))
    for (const { operator, value } of scan.idBounds ?? []) conditions.add(`id ${operator} ?`, value)
    for (const { operator, value } of scan.tsBounds ?? []) conditions.add(`ts ${operator} ?`, value)
    conditions.add('(expires IS NULL OR expires > ?)', nowSeconds)
    const order = addOrder(scan, conditions)
    return this.#prepare(
      `SELECT rid, pk, id, lsn, body FROM ${this.#name}${conditions.toWhere()} ORDER BY ${order}`,
    ).iterate(...conditions.values) as unknown as Iterable<ScannedItem>
  }

  /** How many documents a scan would pass over. */
  count(scan: Pick<Scan, 'pk' | 'pkBounds' | 'epkBounds'>, nowSeconds: number): number {
    const conditions = new Conditions()
    conditions.addPartition(scan)
    conditions.add('(expires IS NULL OR expires > ?)', nowSeconds)
    const row = this.#prepare(`SELECT count(*) AS count FROM ${this.#name}${conditions.toWhere()}`).get(
      ...conditions.values,
    )
    return Number(row?.count)
  }

  /** Whether there are more documents here than this; expired ones that wait for the sweep are counted too. */
  hasMoreThan(most: number, scope: PartitionScope): boolean {
    const conditions = new Conditions()
    conditions.addPartition(scope)
    const row = this.#prepare(`SELECT 1 FROM ${this.#name}${conditions.toWhere()} LIMIT 1 OFFSET ?`).get(
      ...conditions.values,
      most,
    )
    return row !== undefined
  }

  /** How long a document is, by the last ones made: 0 where there are none. */
  averageBytes(): number {
    const row = this.#prepare(
      `SELECT avg(length(CAST(body AS BLOB))) AS bytes FROM (SELECT body FROM ${this.#name} ORDER BY rid DESC LIMIT ${measured})`,
    ).get()
    return Number(row?.['bytes'] ?? 0)
  }

  /** The latest versions of documents changed after a point, in the order of their changes. */
  feed(query: FeedQuery, nowSeconds: number): Iterable<StoredItem> {
    const conditions = new Conditions()
    conditions.add('lsn > ?', query.afterLsn)
    if (query.sinceTs !== undefined) conditions.add('ts >= ?', query.sinceTs)
    conditions.addPartition(query)
    conditions.add('(expires IS NULL OR expires > ?)', nowSeconds)
    return this.#prepare(`SELECT * FROM ${this.#name}${conditions.toWhere()} ORDER BY lsn LIMIT ?`).iterate(
      ...conditions.values,
      query.limit,
    ) as unknown as Iterable<StoredItem>
  }

  /** Removes some of the expired documents. @returns how many */
  sweep(nowSeconds: number, limit: number): number {
    const expired = this.#prepare(
      `SELECT * FROM ${this.#name} WHERE expires IS NOT NULL AND expires <= ? LIMIT ?`,
    ).all(nowSeconds, limit) as unknown as StoredItem[]
    for (const item of expired) this.remove(item, nowSeconds)
    return expired.length
  }

  hasExpired(nowSeconds: number): boolean {
    return (
      this.#prepare(`SELECT 1 FROM ${this.#name} WHERE expires IS NOT NULL AND expires <= ? LIMIT 1`).get(
        nowSeconds,
      ) !== undefined
    )
  }

  /** Works out every expiry anew, after the container's default time to live has changed. */
  resetExpiry(defaultTtl: number | undefined): void {
    if (defaultTtl === undefined) this.#prepare(`UPDATE ${this.#name} SET expires = NULL`).run()
    else
      this.#prepare(
        `UPDATE ${this.#name} SET expires = CASE WHEN coalesce(ttl, ?) = -1 THEN NULL ELSE ts + coalesce(ttl, ?) END`,
      ).run(defaultTtl, defaultTtl)
  }

  #noteDelete(item: StoredItem, nowSeconds: number): void {
    if (!this.versions.isKept) return
    this.#container.lsn += 1
    const isOver = isExpired(item, nowSeconds)
    this.versions.addDelete(item, { lsn: this.#container.lsn, nowSeconds, isExpired: isOver })
  }

  #prepare(sql: string): ReturnType<DataFile['prepare']> {
    return this.#file.prepare(sql)
  }
}

/** Whether a document's time to live is over. */
export function isExpired(item: StoredItem, nowSeconds: number): boolean {
  return item.expires !== null && item.expires <= nowSeconds
}

function addOrder({ order, after }: Scan, conditions: Conditions): string {
  if (order === 'rid') {
    if (after) conditions.add('rid > ?', after.rid)
    return 'rid'
  }
  const isDescending = order === 'idDescending'
  if (after) conditions.add(`id ${isDescending ? '<' : '>'} ?`, after.id)
  return `id ${isDescending ? 'DESC' : 'ASC'}`
}
