import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from '@jest/globals'
import { HubClosedError, Journal } from './journal.ts'

function open(): { database: DatabaseSync; journal: Journal; commits: Set<string>[] } {
  const database = new DatabaseSync(':memory:')
  database.exec('CREATE TABLE t (n INTEGER)')
  const commits: Set<string>[] = []
  return { database, commits, journal: new Journal(database, (effects) => commits.push(effects.instances)) }
}

const numbers = (database: DatabaseSync): number[] =>
  database
    .prepare('SELECT n FROM t ORDER BY n')
    .all()
    .map((row) => Number(row['n']))

describe('the journal', () => {
  it('commits all changes of a turn together', async () => {
    const { database, journal, commits } = open()
    const add = (n: number): Promise<number> =>
      journal.write((effects) => {
        database.exec(`INSERT INTO t VALUES (${n})`)
        effects.instances.add(`i${n}`)
        return n
      })
    expect(await Promise.all([add(1), add(2), add(3)])).toEqual([1, 2, 3])
    expect(commits).toEqual([new Set(['i1', 'i2', 'i3'])])
    expect(numbers(database)).toEqual([1, 2, 3])
  })

  it('keeps the others when one of them is bad, and wakes nobody for it', async () => {
    const { database, journal, commits } = open()
    const good = journal.write((effects) => {
      database.exec('INSERT INTO t VALUES (1)')
      effects.instances.add('good')
    })
    const bad = journal.write((effects) => {
      database.exec('INSERT INTO t VALUES (2)')
      effects.instances.add('bad')
      throw new Error('no')
    })
    await expect(bad).rejects.toThrow('no')
    await good
    expect(numbers(database)).toEqual([1])
    expect(commits).toEqual([new Set(['good'])])
  })

  it('refuses what comes after its end', async () => {
    const { journal } = open()
    journal.close()
    await expect(journal.write(() => 1)).rejects.toThrow(HubClosedError)
  })
})
