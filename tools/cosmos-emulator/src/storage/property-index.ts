import { Conditions } from './conditions.ts'
import type { DataFile } from './data-file.ts'
import { documentKey } from './index-key.ts'
import type { IndexRange } from './index-key.ts'
import type { IndexSpec } from './indexing-policy.ts'
import type { PartitionScope } from './scan.ts'
import type { IndexedItem, ScannedItem, StoredItem } from './stored-item.ts'

/** An index as it is stored. */
export interface IndexRecord {
  number: number
  container: number
  spec: IndexSpec
  /** Whether the policy names it; others were made because queries wanted them. */
  isDeclared: boolean
  /** Documents up to this `rid` are in the index, all of them once it is ready. */
  builtTo: number
  isReady: boolean
}

/** Where a read in index order goes on. */
export interface IndexPosition {
  key: Uint8Array
  rid: number
}

/** Which part of an index is read, and which way. */
export interface IndexScan extends PartitionScope {
  range: IndexRange
  isDescending: boolean
  after?: IndexPosition
}

/** An index over properties of one container: a table of encoded values, sorted, each with the document that has them. */
export class PropertyIndex {
  readonly record: IndexRecord
  readonly #file: DataFile
  readonly #name: string
  readonly #items: string

  constructor(file: DataFile, record: IndexRecord) {
    this.record = record
    this.#file = file
    this.#name = `index_${record.container}_${record.number}`
    this.#items = `items_${record.container}`
  }

  create(): void {
    const columns = this.#hasPartition ? ['pk TEXT NOT NULL'] : []
    columns.push('key BLOB NOT NULL', 'rid INTEGER NOT NULL')
    const order = this.#hasPartition ? 'pk, key, rid' : 'key, rid'
    this.#file.execute(
      `CREATE TABLE ${this.#name} (${columns.join(', ')}, PRIMARY KEY (${order})) WITHOUT ROWID`,
    )
  }

  drop(): void {
    this.#file.forgetStatements(this.#name)
    this.#file.execute(`DROP TABLE ${this.#name}`)
  }

  /** The key of a document in this index. */
  keyOf(document: unknown): Buffer {
    return documentKey(document, this.record.spec.columns)
  }

  /** Whether a document is, or must be, in the index: what is not is added by the one who builds it. */
  covers(rid: number): boolean {
    return this.record.isReady || rid <= this.record.builtTo
  }

  add({ pk, rid }: Pick<StoredItem, 'pk' | 'rid'>, key: Buffer): void {
    if (this.#hasPartition)
      this.#file.prepare(`INSERT INTO ${this.#name} (pk, key, rid) VALUES (?, ?, ?)`).run(pk, key, rid)
    else this.#file.prepare(`INSERT INTO ${this.#name} (key, rid) VALUES (?, ?)`).run(key, rid)
  }

  remove({ pk, rid }: Pick<StoredItem, 'pk' | 'rid'>, key: Buffer): void {
    if (this.#hasPartition)
      this.#file.prepare(`DELETE FROM ${this.#name} WHERE pk = ? AND key = ? AND rid = ?`).run(pk, key, rid)
    else this.#file.prepare(`DELETE FROM ${this.#name} WHERE key = ? AND rid = ?`).run(key, rid)
  }

  /** The documents of a range that have not expired, in the order of the index. */
  scan(
    { range: [from, to], isDescending, after, ...scope }: IndexScan,
    nowSeconds: number,
  ): Iterable<IndexedItem> {
    const conditions = this.#partition(scope)
    if (isDescending) {
      conditions.add('(x.key, x.rid) < (?, ?)', after?.key ?? to, after?.rid ?? 0)
      conditions.add('x.key >= ?', from)
    } else {
      conditions.add('(x.key, x.rid) > (?, ?)', after?.key ?? from, after?.rid ?? 0)
      conditions.add('x.key < ?', to)
    }
    const direction = isDescending ? 'DESC' : 'ASC'
    return this.#documents(conditions, scope, nowSeconds, {
      columns: ', x.key',
      order: `x.key ${direction}, x.rid ${direction}`,
    }) as Iterable<IndexedItem>
  }

  /** The documents with exactly this key that have not expired, by `rid`. */
  scanEqual(
    { key, afterRid, ...scope }: PartitionScope & { key: Buffer; afterRid: number },
    nowSeconds: number,
  ): Iterable<ScannedItem> {
    const conditions = this.#partition(scope)
    conditions.add('x.key = ? AND x.rid > ?', key, afterRid)
    return this.#documents(conditions, scope, nowSeconds, { columns: '', order: 'x.rid' })
  }

  /** Which documents are in these ranges, by `rid`; undefined where they are more than `most`. Of a range of partitions or hashes, it tells too many. */
  rids(scope: PartitionScope, ranges: readonly IndexRange[], most: number): number[] | undefined {
    const rids: number[] = []
    for (const [from, to] of ranges) {
      const conditions = this.#partition(scope)
      conditions.add('x.key >= ? AND x.key < ?', from, to)
      const rows = this.#file
        .prepare(`SELECT x.rid FROM ${this.#name} x${conditions.toWhere()} LIMIT ?`)
        .all(...conditions.values, most + 1 - rids.length)
      for (const { rid } of rows) rids.push(Number(rid))
      if (rids.length > most) return undefined
    }
    return rids.sort((a, b) => a - b)
  }

  /** How many documents are in these ranges, expired ones included. */
  count(scope: PartitionScope, ranges: readonly IndexRange[]): number {
    let count = 0
    for (const [from, to] of ranges) {
      const conditions = this.#partition(scope)
      conditions.add('x.key >= ? AND x.key < ?', from, to)
      const row = this.#file
        .prepare(`SELECT count(*) AS count FROM ${this.#name} x${conditions.toWhere()}`)
        .get(...conditions.values)
      count += Number(row?.['count'])
    }
    return count
  }

  get #hasPartition(): boolean {
    return this.record.spec.isByPartition
  }

  #partition({ pk }: PartitionScope): Conditions {
    const conditions = new Conditions()
    if (this.#hasPartition) {
      if (pk === undefined) throw new Error('An index by partition needs a partition to be read.')
      conditions.add('x.pk = ?', pk)
    }
    return conditions
  }

  #documents(
    conditions: Conditions,
    scope: PartitionScope,
    nowSeconds: number,
    { columns, order }: { columns: string; order: string },
  ): Iterable<ScannedItem> {
    conditions.addPartition(scope, 'i')
    conditions.add('(i.expires IS NULL OR i.expires > ?)', nowSeconds)
    // CROSS JOIN keeps SQLite from beginning at the other table.
    const sql = `SELECT i.rid, i.pk, i.id, i.lsn, i.body${columns} FROM ${this.#name} x CROSS JOIN ${this.#items} i ON i.rid = x.rid`
    return this.#file
      .prepare(`${sql}${conditions.toWhere()} ORDER BY ${order}`)
      .iterate(...conditions.values) as unknown as Iterable<ScannedItem>
  }
}
