import { messageOf } from '../errors.ts'
import type { DataFile } from './data-file.ts'
import type { IndexCatalog } from './index-catalog.ts'
import type { PropertyIndex } from './property-index.ts'
import type { StoredItem } from './stored-item.ts'

const itemsAtOnce = 500

/** Fills indexes with the documents that were there before them, a few in each turn of the event loop, so that nobody waits for it. */
export class IndexBuilder {
  readonly #file: DataFile
  readonly #indexes: IndexCatalog
  #isScheduled = false
  #isStopped = false

  constructor(file: DataFile, indexes: IndexCatalog) {
    this.#file = file
    this.#indexes = indexes
  }

  /** Begins, or goes on, where something is to be built. */
  start(): void {
    if (this.#isScheduled || this.#isStopped || this.#indexes.unfinished().length === 0) return
    this.#isScheduled = true
    setImmediate(() => this.#turn())
  }

  stop(): void {
    this.#isStopped = true
  }

  #turn(): void {
    this.#isScheduled = false
    const [index] = this.#indexes.unfinished()
    if (!index || this.#isStopped) return
    try {
      this.#file.write(() => this.#buildSome(index))
    } catch (error) {
      // It goes on from here with the next start, or the next index that is made.
      console.error(`cosmos-emulator: an index could not be built: ${messageOf(error)}`)
      return
    }
    this.start()
  }

  #buildSome(index: PropertyIndex): void {
    const items = this.#file
      .prepare(`SELECT rid, pk, body FROM items_${index.record.container} WHERE rid > ? ORDER BY rid LIMIT ?`)
      .all(index.record.builtTo, itemsAtOnce) as unknown as Pick<StoredItem, 'rid' | 'pk' | 'body'>[]
    for (const item of items) index.add(item, index.keyOf(JSON.parse(item.body)))
    const last = items.at(-1)?.rid ?? index.record.builtTo
    this.#indexes.advance(index, last, items.length < itemsAtOnce)
  }
}
