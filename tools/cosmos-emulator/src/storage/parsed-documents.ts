import type { JsonObject } from '../json.ts'
import type { StoredItem } from './stored-item.ts'

const mostCharacters = 8 * 1024 * 1024
const missesPerReplacement = 16

/** How much the parsed documents of all containers of an account hold together. */
export class ParsedDocumentsPool {
  readonly #members = new Set<ParsedDocuments>()
  size = 0

  join(member: ParsedDocuments): void {
    this.#members.add(member)
  }

  leave(member: ParsedDocuments): void {
    this.size -= member.size
    this.#members.delete(member)
  }

  hasRoomFor(wanted: number): boolean {
    return this.size + wanted <= mostCharacters
  }

  /** Takes room from others, those first that joined first. */
  takeFromOthers(member: ParsedDocuments, wanted: number): void {
    for (const other of this.#members) {
      if (this.hasRoomFor(wanted)) return
      if (other !== member) other.giveUp(wanted)
    }
  }
}

/** Parsed documents of one container kept by version, so that repeated queries do not parse the same text again. */
export class ParsedDocuments {
  readonly #pool: ParsedDocumentsPool
  readonly #documents = new Map<number, { lsn: number; size: number; document: JsonObject }>()
  /** In characters of their texts. */
  size = 0
  #missCount = 0
  #isClosed = false

  constructor(pool: ParsedDocumentsPool) {
    this.#pool = pool
    pool.join(this)
  }

  /** The document of a stored item. Callers must not change it. */
  of(item: Pick<StoredItem, 'rid' | 'lsn' | 'body'>): JsonObject {
    const held = this.#documents.get(item.rid)
    if (held?.lsn === item.lsn && held.size === item.body.length) return held.document
    const document = JSON.parse(item.body) as JsonObject
    if (held) this.#forget(item.rid, held.size)
    if (this.#makeRoom(item.body.length)) {
      this.#documents.set(item.rid, { lsn: item.lsn, size: item.body.length, document })
      this.#count(item.body.length)
    }
    return document
  }

  /** Forgets the oldest until there is room for what another wants, or nothing is left. */
  giveUp(wanted: number): void {
    for (const [rid, { size }] of this.#documents) {
      if (this.#pool.hasRoomFor(wanted)) return
      this.#forget(rid, size)
    }
  }

  /** Forgets all, for good: the container is gone. */
  close(): void {
    this.#isClosed = true
    this.#documents.clear()
    this.#pool.leave(this)
  }

  /**
   * A scan over more than fits would push out everything just before it comes by again, so that once there is no room
   * only some of the misses replace what is held.
   */
  #makeRoom(wanted: number): boolean {
    if (this.#isClosed) return false
    if (this.#pool.hasRoomFor(wanted)) return true
    this.#missCount += 1
    if (this.#missCount % missesPerReplacement !== 0) return false
    this.#pool.takeFromOthers(this, wanted)
    this.giveUp(wanted)
    return this.#pool.hasRoomFor(wanted)
  }

  #forget(rid: number, size: number): void {
    this.#documents.delete(rid)
    this.#count(-size)
  }

  #count(characters: number): void {
    this.size += characters
    this.#pool.size += characters
  }
}
