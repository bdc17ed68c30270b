import type { JsonObject } from '../json.ts'
import type { StoredItem } from '../storage/stored-item.ts'

const mostCharacters = 32 * 1024 * 1024
const missesPerReplacement = 16

/** Parsed documents kept by version, so that repeated queries do not parse the same text again. */
export class ParsedDocuments {
  readonly #documents = new Map<number, { lsn: number; size: number; document: JsonObject }>()
  #size = 0
  #missCount = 0

  /** The document of a stored item. Callers must not change it. */
  of(item: Pick<StoredItem, 'rid' | 'lsn' | 'body'>): JsonObject {
    const held = this.#documents.get(item.rid)
    if (held?.lsn === item.lsn && held.size === item.body.length) return held.document
    const document = JSON.parse(item.body) as JsonObject
    if (held) this.#forget(item.rid, held.size)
    if (this.#makeRoom(item.body.length)) {
      this.#documents.set(item.rid, { lsn: item.lsn, size: item.body.length, document })
      this.#size += item.body.length
    }
    return document
  }

  /**
   * A scan over more than fits would push out everything just before it comes by again, so that once there is no room
   * only some of the misses replace what is held.
   */
  #makeRoom(wanted: number): boolean {
    if (this.#size + wanted <= mostCharacters) return true
    this.#missCount += 1
    if (this.#missCount % missesPerReplacement !== 0) return false
    for (const [rid, { size }] of this.#documents) {
      if (this.#size + wanted <= mostCharacters) return true
      this.#forget(rid, size)
    }
    return false
  }

  #forget(rid: number, size: number): void {
    this.#documents.delete(rid)
    this.#size -= size
  }
}
