import { messageOf } from '../errors.ts'
import type { ContainerRecord } from './catalog.ts'
import type { DataFile } from './data-file.ts'
import { IndexBuilder } from './index-builder.ts'
import type { IndexCatalog } from './index-catalog.ts'
import { declaredIndexes, isPathIndexed, specKey } from './indexing-policy.ts'
import type { IndexSpec } from './indexing-policy.ts'
import type { QuerySettings } from './query-settings.ts'

const mostWishes = 1000

/** Decides which indexes there are: those that a policy names, and those that queries have wanted often. */
export class ContainerIndexes {
  readonly #file: DataFile
  readonly #catalog: IndexCatalog
  readonly #settings: QuerySettings
  readonly #builder: IndexBuilder
  readonly #wishes = new Map<string, number>()

  constructor(file: DataFile, catalog: IndexCatalog, settings: QuerySettings) {
    this.#file = file
    this.#catalog = catalog
    this.#settings = settings
    this.#builder = new IndexBuilder(file, catalog)
    this.#builder.start()
  }

  /** Makes what the policy of a container names and drops what it no longer allows. Must run inside `file.write`. */
  applyPolicy(container: ContainerRecord): void {
    const declared = this.#settings.indexing === 'off' ? [] : declaredIndexes(container.definition)
    const wanted = new Set(declared.map(specKey))
    for (const index of this.#catalog.of(container.number)) {
      const { spec, isDeclared } = index.record
      const isAllowed = spec.columns.every(({ path }) => isPathIndexed(container.definition, path))
      if (isDeclared ? !wanted.has(specKey(spec)) : !isAllowed) this.#catalog.drop(index)
    }
    for (const spec of declared) this.#catalog.create(container, spec, true)
    this.#builder.start()
  }

  /** Notes that a query would have been faster with this index. When enough have said so, or one is urgent, it is made. */
  wish(container: ContainerRecord, spec: IndexSpec, isUrgent: boolean): void {
    if (this.#settings.indexing !== 'adaptive') return
    if (!spec.columns.every(({ path }) => isPathIndexed(container.definition, path))) return
    const key = `${container.number} ${specKey(spec)}`
    const count = (this.#wishes.get(key) ?? 0) + 1
    if (count < this.#settings.wishesForIndex && !isUrgent) {
      if (this.#wishes.size >= mostWishes) this.#wishes.clear()
      this.#wishes.set(key, count)
      return
    }
    this.#wishes.delete(key)
    try {
      this.#file.write(() => this.#catalog.create(container, spec, false))
      this.#builder.start()
    } catch (error) {
      // The query has its answer without the index too.
      console.error(`cosmos-emulator: an index could not be made: ${messageOf(error)}`)
    }
  }

  /** Builds no further: the file is about to be closed. */
  stop(): void {
    this.#builder.stop()
  }
}
