import type { JsonObject } from '../json.ts'
import { extractKey, splitPath } from '../partition/partition-key.ts'
import type { ContainerRecord } from './catalog.ts'
import { Conditions } from './conditions.ts'
import type { DataFile } from './data-file.ts'
import type { FeedQuery } from './scan.ts'
import type { StoredItem } from './stored-item.ts'

const secondsPerMinute = 60

/** A change as the feed of all versions and deletes tells it: `row` is its whole JSON text. */
export interface VersionRow {
  lsn: number
  row: string
}

/** Every version and delete of the documents of one container, for as long as its change feed policy says; none without one. */
export class VersionTable {
  readonly #file: DataFile
  readonly #container: ContainerRecord
  readonly #name: string

  constructor(file: DataFile, container: ContainerRecord) {
    this.#file = file
    this.#container = container
    this.#name = `versions_${container.number}`
  }

  /** Whether changes are to be kept. */
  get isKept(): boolean {
    return this.#retentionSeconds > 0
  }

  drop(): void {
    this.#file.forgetStatements(this.#name)
    this.#file.execute(`DROP TABLE IF EXISTS ${this.#name}`)
  }

  /** Notes a version; `previous` is the one before it, if there was one. */
  addVersion(item: StoredItem, previous: Pick<StoredItem, 'lsn'> | undefined): void {
    const metadata = previous
      ? { operationType: 'replace', lsn: item.lsn, crts: item.ts, previousImageLSN: previous.lsn }
      : { operationType: 'create', lsn: item.lsn, crts: item.ts }
    this.#add(item, item.ts, item.lsn, `{"current":${item.body},"metadata":${JSON.stringify(metadata)}}`)
  }

  /** Notes that a document is gone: it was deleted, or its time to live was over. */
  addDelete(
    item: StoredItem,
    { lsn, nowSeconds, isExpired }: { lsn: number; nowSeconds: number; isExpired: boolean },
  ): void {
    const metadata = {
      operationType: 'delete',
      lsn,
      crts: nowSeconds,
      previousImageLSN: item.lsn,
      timeToLiveExpired: isExpired,
      id: item.id,
      partitionKey: this.#keyOf(item),
    }
    this.#add(item, nowSeconds, lsn, `{"metadata":${JSON.stringify(metadata)}}`)
  }

  /** The changes after a point, in their order. Undefined when some of them are no longer kept. */
  read(query: FeedQuery, nowSeconds: number): Iterable<VersionRow> | undefined {
    this.#make()
    const cutoff = nowSeconds - this.#retentionSeconds
    const lost = this.#file
      .prepare(`SELECT 1 FROM ${this.#name} WHERE lsn > ? AND ts < ? LIMIT 1`)
      .get(query.afterLsn, cutoff)
    if (lost) return undefined
    const conditions = new Conditions()
    conditions.add('lsn > ?', query.afterLsn)
    conditions.addPartition(query)
    return this.#file
      .prepare(`SELECT lsn, row FROM ${this.#name}${conditions.toWhere()} ORDER BY lsn LIMIT ?`)
      .iterate(...conditions.values, query.limit) as unknown as Iterable<VersionRow>
  }

  /** Removes what is kept no longer, but for the newest of it: a reader who stands before that one has missed something. */
  prune(nowSeconds: number): void {
    if (!this.isKept) return
    this.#make()
    const cutoff = nowSeconds - this.#retentionSeconds
    this.#file
      .prepare(`DELETE FROM ${this.#name} WHERE lsn < (SELECT max(lsn) FROM ${this.#name} WHERE ts < ?)`)
      .run(cutoff)
  }

  get #retentionSeconds(): number {
    return (this.#container.definition.changeFeedPolicy?.retentionDuration ?? 0) * secondsPerMinute
  }

  #add({ pk, epk }: StoredItem, ts: number, lsn: number, row: string): void {
    this.#make()
    this.#file
      .prepare(`INSERT INTO ${this.#name} (lsn, pk, epk, ts, row) VALUES (?, ?, ?, ?, ?)`)
      .run(lsn, pk, epk, ts, row)
  }

  /** Makes the table where it is missing: a policy may come to a container later, and what made it may have been rolled back. */
  #make(): void {
    this.#file
      .prepare(
        `CREATE TABLE IF NOT EXISTS ${this.#name} (lsn INTEGER PRIMARY KEY, pk TEXT NOT NULL, epk TEXT NOT NULL, ts INTEGER NOT NULL, row TEXT NOT NULL)`,
      )
      .run()
  }

  /** The partition key by the names of its properties. */
  #keyOf({ body }: StoredItem): JsonObject {
    const { partitionKey } = this.#container.definition
    const { parts } = extractKey(JSON.parse(body) as JsonObject, partitionKey)
    return Object.fromEntries(partitionKey.paths.map((path, level) => [splitPath(path).at(-1), parts[level]]))
  }
}
