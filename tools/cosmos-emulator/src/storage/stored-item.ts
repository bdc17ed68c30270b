/** A document as it is stored: `rid` is the lsn of its creation, `body` its whole JSON text, system properties included. */
export interface StoredItem {
  rid: number
  pk: string
  id: string
  epk: string
  lsn: number
  ts: number
  ttl: number | null
  expires: number | null
  etag: string
  body: string
}

/** What a scan tells of a document. */
export type ScannedItem = Pick<StoredItem, 'rid' | 'pk' | 'id' | 'lsn' | 'body'>

/** A document read through an index, with its key there. */
export type IndexedItem = ScannedItem & { key: Uint8Array }
