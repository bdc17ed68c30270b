import type { ContainerRecord } from './catalog.ts'
import type { DataFile } from './data-file.ts'
import { specKey } from './indexing-policy.ts'
import type { IndexSpec } from './indexing-policy.ts'
import { PropertyIndex } from './property-index.ts'
import type { IndexRecord } from './property-index.ts'
import type { StoredItem } from './stored-item.ts'

/** How many indexes a container may have. */
const mostIndexes = 8

const schema = `
  CREATE TABLE IF NOT EXISTS indexes (
    number INTEGER PRIMARY KEY AUTOINCREMENT, container INTEGER NOT NULL, spec TEXT NOT NULL, isDeclared INTEGER NOT NULL,
    builtTo INTEGER NOT NULL, isReady INTEGER NOT NULL);
`

/** The property indexes of all containers of an account: kept in memory, written through to the file. Changes must run inside `file.write`. */
export class IndexCatalog {
  readonly #file: DataFile
  #byContainer = new Map<number, PropertyIndex[]>()
  #isChanged = false

  constructor(file: DataFile) {
    this.#file = file
    file.execute(schema)
    this.#load()
    file.afterRollback.push(() => {
      if (this.#isChanged) this.#load()
    })
  }

  /** The indexes of a container, ready or not. */
  of(container: number): readonly PropertyIndex[] {
    return this.#byContainer.get(container) ?? []
  }

  /** Those that are still being built. */
  unfinished(): PropertyIndex[] {
    return [...this.#byContainer.values()].flat().filter(({ record }) => !record.isReady)
  }

  /** Makes an index unless it is there, or there are too many. It is to be built, unless nothing is in the container. */
  create(
    { number: container }: ContainerRecord,
    spec: IndexSpec,
    isDeclared: boolean,
  ): PropertyIndex | undefined {
    const known = this.of(container)
    const wanted = specKey(spec)
    if (known.length >= mostIndexes || known.some(({ record }) => specKey(record.spec) === wanted))
      return undefined
    this.#isChanged = true
    const isReady = this.#file.prepare(`SELECT 1 FROM items_${container} LIMIT 1`).get() === undefined
    const { lastInsertRowid } = this.#file
      .prepare('INSERT INTO indexes (container, spec, isDeclared, builtTo, isReady) VALUES (?, ?, ?, 0, ?)')
      .run(container, JSON.stringify(spec), Number(isDeclared), Number(isReady))
    const number = Number(lastInsertRowid)
    const index = new PropertyIndex(this.#file, { number, container, spec, isDeclared, builtTo: 0, isReady })
    index.create()
    this.#byContainer.set(container, [...known, index])
    return index
  }

  drop(index: PropertyIndex): void {
    const { number, container } = index.record
    this.#isChanged = true
    index.drop()
    this.#file.prepare('DELETE FROM indexes WHERE number = ?').run(number)
    this.#byContainer.set(
      container,
      this.of(container).filter((other) => other !== index),
    )
  }

  /** Whether an index is still there. */
  has(index: PropertyIndex): boolean {
    return this.of(index.record.container).includes(index)
  }

  /** Notes how far an index has been built. */
  advance(index: PropertyIndex, builtTo: number, isReady: boolean): void {
    this.#isChanged = true
    Object.assign(index.record, { builtTo, isReady })
    this.#file
      .prepare('UPDATE indexes SET builtTo = ?, isReady = ? WHERE number = ?')
      .run(builtTo, Number(isReady), index.record.number)
  }

  /** Follows a write of a document: what it was before, and what it is from now on. */
  follow(container: number, before: StoredItem | undefined, after: StoredItem | undefined): void {
    const item = after ?? before
    const indexes = item ? this.of(container).filter((index) => index.covers(item.rid)) : []
    if (!item || indexes.length === 0) return
    const [old, current] = [before, after].map((version) => version && (JSON.parse(version.body) as unknown))
    for (const index of indexes) {
      const [from, to] = [old, current].map((document) =>
        document === undefined ? undefined : index.keyOf(document),
      )
      if (from && to && from.equals(to)) continue
      if (from) index.remove(item, from)
      if (to) index.add(item, to)
    }
  }

  #load(): void {
    this.#isChanged = false
    const rows = this.#file.prepare('SELECT * FROM indexes').all() as unknown as IndexRow[]
    const indexes = rows.map(({ spec, isDeclared, isReady, ...row }) => {
      const record: IndexRecord = {
        ...row,
        spec: JSON.parse(spec) as IndexSpec,
        isDeclared: isDeclared === 1,
        isReady: isReady === 1,
      }
      return new PropertyIndex(this.#file, record)
    })
    this.#byContainer = Map.groupBy(indexes, ({ record }) => record.container)
  }
}

type IndexRow = Omit<IndexRecord, 'spec' | 'isDeclared' | 'isReady'> & {
  spec: string
  isDeclared: number
  isReady: number
}
