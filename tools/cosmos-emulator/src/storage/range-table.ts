import type { KeyRange } from '../partition/key-ranges.ts'
import type { DataFile } from './data-file.ts'

interface RangeRow {
  containerNumber: number
  id: string
  minInclusive: string
  maxExclusive: string
  parents: string
}

/** The physical partitions of all containers of an account. A file from before they were stored has none. */
export class RangeTable {
  readonly #file: DataFile

  constructor(file: DataFile) {
    this.#file = file
    file.execute(`
      CREATE TABLE IF NOT EXISTS ranges (
        containerNumber INTEGER NOT NULL, id TEXT NOT NULL, minInclusive TEXT NOT NULL, maxExclusive TEXT NOT NULL, parents TEXT NOT NULL,
        PRIMARY KEY (containerNumber, id)) WITHOUT ROWID;
    `)
  }

  /** The ranges of each container, by the container's number, in the order of their keys. */
  all(): Map<number, KeyRange[]> {
    const rows = this.#file
      .prepare('SELECT * FROM ranges ORDER BY containerNumber, minInclusive')
      .all() as unknown as RangeRow[]
    return new Map(
      [...Map.groupBy(rows, ({ containerNumber }) => containerNumber)].map(([number, group]) => [
        number,
        group.map(({ id, minInclusive, maxExclusive, parents }) => ({
          id,
          minInclusive,
          maxExclusive,
          parents: JSON.parse(parents) as string[],
        })),
      ]),
    )
  }

  replace(containerNumber: number, ranges: readonly KeyRange[]): void {
    this.remove(containerNumber)
    for (const { id, minInclusive, maxExclusive, parents } of ranges)
      this.#file
        .prepare(
          'INSERT INTO ranges (containerNumber, id, minInclusive, maxExclusive, parents) VALUES (?, ?, ?, ?, ?)',
        )
        .run(containerNumber, id, minInclusive, maxExclusive, JSON.stringify(parents))
  }

  remove(containerNumber: number): void {
    this.#file.prepare('DELETE FROM ranges WHERE containerNumber = ?').run(containerNumber)
  }
}
