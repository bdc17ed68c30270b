import type { JsonObject } from '../json.ts'
import type { StoredItem } from '../storage/item-table.ts'

const mostCharacters = 24 * 1024 * 1024

/** Parsed documents kept by version, so that repeated queries do not parse the same text again. */
export class ParsedDocuments {
  readonly #documents = new Map<number, { lsn: number; size: number; document: JsonObject }>()
  #size = 0

  /** The document of a stored item. Callers must not change it. */
  of(item: Pick<StoredItem, 'rid' | 'lsn' | 'body'>): JsonObject {
    const held = this.#documents.get(item.rid)
    if (held?.lsn === item.lsn && held.size === item.body.length) return held.document
    const document = JSON.parse(item.body) as JsonObject
    if (held) this.#size -= held.size
    this.#documents.set(item.rid, { lsn: item.lsn, size: item.body.length, document })
    this.#size += item.body.length
    this.#dropOldest()
    return document
  }

  #dropOldest(): void {
    for (const [rid, { size }] of this.#documents) {
      if (this.#size <= mostCharacters) return
      this.#documents.delete(rid)
      this.#size -= size
    }
  }
}
