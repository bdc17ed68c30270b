import { badRequest, conflict, notFound, preconditionFailed } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { effectiveKey } from '../partition/effective-key.ts'
import { extractKey, wholeKey } from '../partition/partition-key.ts'
import type { PartitionKey } from '../partition/partition-key.ts'
import type { AccountStore, OpenContainer } from '../storage/account-store.ts'
import { isExpired } from '../storage/item-table.ts'
import { documentEtag, documentNumber, documentRid } from '../storage/resource-ids.ts'
import type { StoredItem } from '../storage/stored-item.ts'
import {
  checkDocument,
  checkDocumentId,
  checkDocumentSize,
  expiryOf,
  uniqueKeyValues,
} from './document-rules.ts'
import { applyPatch } from './patch.ts'

/** What an operation may be made to depend on. */
export interface EtagConditions {
  ifMatch?: string | undefined
  ifNoneMatch?: string | undefined
}

/** The document that an operation on one item speaks of. */
export interface ItemTarget extends EtagConditions {
  key: PartitionKey | undefined
  id: string
}

/** What an operation on one item came to: a status, and the document as it is now. */
export interface ItemResult {
  status: number
  item?: StoredItem
  charge: number
}

const readCharge = 1
const writeCharge = 5.71
const bytesPerCharge = 1024

/** The operations on single documents of one container. Writes must run inside `file.write`. */
export class ItemOperations {
  readonly #store: AccountStore
  readonly #container: OpenContainer

  constructor(store: AccountStore, container: OpenContainer) {
    this.#store = store
    this.#container = container
  }

  read({ key, id, ifNoneMatch }: ItemTarget): ItemResult {
    const item = this.#existing(key, id)
    if (ifNoneMatch !== undefined && (ifNoneMatch === item.etag || ifNoneMatch === '*'))
      return { status: 304, item, charge: readCharge }
    return { status: 200, item, charge: chargeFor(readCharge, item) }
  }

  create(body: unknown, key: PartitionKey | undefined): ItemResult {
    const { document, key: own } = this.#check(body, key)
    if (this.#find(own.text, document.id)) throw conflict()
    return this.#insert(document, own)
  }

  upsert(body: unknown, key: PartitionKey | undefined, conditions: EtagConditions): ItemResult {
    const { document, key: own } = this.#check(body, key)
    const current = this.#find(own.text, document.id)
    if (!current) return this.#insert(document, own)
    checkMatch(current, conditions)
    return this.#overwrite(current, document)
  }

  replace(target: ItemTarget, body: unknown): ItemResult {
    const { document, key } = this.#check(body, target.key)
    const current = this.#existing(key, target.id)
    if (document.id !== current.id) throw badRequest('Replacing an item cannot change its id.')
    checkMatch(current, target)
    return this.#overwrite(current, document)
  }

  /** `isMet` says whether the patch's own condition holds for the stored document. */
  patch(target: ItemTarget, operations: unknown, isMet: (document: JsonObject) => boolean): ItemResult {
    const current = this.#existing(target.key, target.id)
    checkMatch(current, target)
    const document = JSON.parse(current.body) as JsonObject
    if (!isMet(document)) throw preconditionFailed()
    applyPatch(document, operations, this.#container.record.definition.partitionKey.paths)
    return this.#overwrite(current, checkDocument(document))
  }

  delete(target: ItemTarget): ItemResult {
    const current = this.#existing(target.key, target.id)
    checkMatch(current, target)
    this.#container.record.lsn += 1
    this.#container.items.remove(current, this.#store.nowSeconds())
    return { status: 204, charge: chargeFor(writeCharge, current) }
  }

  #check(
    body: unknown,
    key: PartitionKey | undefined,
  ): { document: ReturnType<typeof checkDocument>; key: PartitionKey } {
    const document = checkDocument(body)
    const own = extractKey(document.content, this.#container.record.definition.partitionKey)
    if (this.#fullKey(key).text !== own.text)
      throw badRequest(
        "PartitionKey extracted from document doesn't match the one specified in the header",
        1001,
      )
    return { document, key: own }
  }

  #fullKey(key: PartitionKey | undefined): PartitionKey {
    if (!key) throw badRequest('PartitionKey value must be supplied for this operation.', 1001)
    const whole = wholeKey(key, this.#container.record.definition.partitionKey)
    if (!whole)
      throw badRequest(
        'Partition key provided either doesn’t correspond to definition in the collection or doesn’t match partition key field values specified in the document.',
        1001,
      )
    return whole
  }

  #find(pk: string, id: string): StoredItem | undefined {
    return this.#living(this.#container.items.find(pk, id))
  }

  /** By its `_rid`, as in `_self` links. */
  #findByRid(pk: string, rid: string): StoredItem | undefined {
    const number = documentNumber(this.#container.record.rid, rid)
    const item = number === undefined ? undefined : this.#container.items.findByNumber(number)
    return item?.pk === pk ? this.#living(item) : undefined
  }

  #living(item: StoredItem | undefined): StoredItem | undefined {
    return item && !isExpired(item, this.#store.nowSeconds()) ? item : undefined
  }

  #existing(key: PartitionKey | undefined, id: string): StoredItem {
    const { text } = this.#fullKey(key)
    const item = this.#find(text, checkDocumentId(id)) ?? this.#findByRid(text, id)
    if (!item) throw notFound()
    return item
  }

  #insert(document: ReturnType<typeof checkDocument>, key: PartitionKey): ItemResult {
    const { items, record } = this.#container
    // An expired document is gone for its readers, but may still wait for the sweep under this id.
    const expired = items.find(key.text, document.id)
    if (expired) items.remove(expired, this.#store.nowSeconds())
    const rid = record.lsn + 1
    const epk = effectiveKey(key.parts, record.definition.partitionKey)
    const item = this.#stamp(document, { rid, pk: key.text, id: document.id, epk })
    items.insert(item)
    this.#takeKeys(item, document.content)
    return { status: 201, item, charge: chargeFor(writeCharge, item) }
  }

  #overwrite(current: StoredItem, document: ReturnType<typeof checkDocument>): ItemResult {
    const item = this.#stamp(document, current)
    this.#container.items.update(item, current)
    this.#takeKeys(item, document.content)
    return { status: 200, item, charge: chargeFor(writeCharge * 2, item) }
  }

  #takeKeys(item: StoredItem, content: JsonObject): void {
    const values = uniqueKeyValues(content, this.#container.record.definition)
    if (values.length > 0) this.#container.items.takeKeys(item, values, this.#store.nowSeconds())
  }

  #stamp(
    document: ReturnType<typeof checkDocument>,
    { rid, pk, id, epk }: Pick<StoredItem, 'rid' | 'pk' | 'id' | 'epk'>,
  ): StoredItem {
    const { database, record } = this.#container
    record.lsn += 1
    const ts = this.#store.nowSeconds()
    const etag = documentEtag(record.rid, record.lsn)
    const itemRid = documentRid(record.rid, rid)
    const body = JSON.stringify({
      ...document.content,
      _rid: itemRid,
      _self: `dbs/${database.rid}/colls/${record.rid}/docs/${itemRid}/`,
      _etag: etag,
      _attachments: 'attachments/',
      _ts: ts,
    })
    checkDocumentSize(body)
    const expires = expiryOf(ts, document.ttl, record.definition.defaultTtl)
    return { rid, pk, id, epk, lsn: record.lsn, ts, ttl: document.ttl, expires, etag, body }
  }
}

function checkMatch(current: StoredItem, { ifMatch, ifNoneMatch }: EtagConditions): void {
  if (ifMatch !== undefined && ifMatch !== '*' && ifMatch !== current.etag) throw preconditionFailed()
  if (ifNoneMatch !== undefined && (ifNoneMatch === '*' || ifNoneMatch === current.etag))
    throw preconditionFailed()
}

function chargeFor(base: number, item: StoredItem): number {
  return Math.round(base * Math.max(1, Math.ceil(item.body.length / bytesPerCharge)) * 100) / 100
}
