import {
  copyFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { openDatabase } from './database.ts'
import { HubTime } from './hub-time.ts'
import { Store } from './store.ts'
import { systemClock } from '../time/clock.ts'

const pageBytes = 4096

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'hub-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

/** A hub with some history; `keepsLog`: as a host leaves it that was killed. */
function makeHub(name: string, { keepsLog = false } = {}): string {
  const file = join(directory, name)
  const database = openDatabase(file)
  const store = new Store(database, new HubTime(systemClock))
  database.exec('BEGIN')
  for (let i = 0; i < 50; i += 1) store.appendHistory(`${name}-${i}`, 0, `"${'x'.repeat(1000)}"`)
  database.exec('COMMIT')
  if (keepsLog) {
    copyFileSync(file, `${file}.copy`)
    copyFileSync(`${file}-wal`, `${file}.copy-wal`)
  }
  database.close()
  return keepsLog ? `${file}.copy` : file
}

function overwritePage(file: string, page: number): void {
  const bytes = readFileSync(file)
  bytes.fill(0xff, page * pageBytes, (page + 1) * pageBytes)
  writeFileSync(file, bytes)
}

describe('the file of a hub that is opened', () => {
  it('with its own log has what was committed last', () => {
    const file = makeHub('killed.db', { keepsLog: true })
    const database = openDatabase(file)
    expect(new Store(database, new HubTime(systemClock)).history('killed.db-49')).toHaveLength(1)
    database.close()
  })

  it.each([
    ['a header that is none', (file: string) => overwritePage(file, 0)],
    ['a page in the middle that is none', (file: string) => overwritePage(file, 5)],
    ['half of its length', (file: string) => truncateSync(file, statSync(file).size / 2)],
  ])('with %s is left as it is', (_, damage) => {
    const file = makeHub('hub.db')
    damage(file)
    const before = readFileSync(file)
    expect(() => openDatabase(file)).toThrow(`The task hub in ${file} is damaged`)
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  it('with the log of another one is left as it is', () => {
    const [file, other] = [makeHub('hub.db'), makeHub('other.db', { keepsLog: true })]
    const before = readFileSync(file)
    copyFileSync(`${other}-wal`, `${file}-wal`)
    expect(() => openDatabase(file)).toThrow(`${file}-wal belongs to another hub`)
    expect(readFileSync(file).equals(before)).toBe(true)
    rmSync(`${file}-wal`)
    const database = openDatabase(file)
    expect(new Store(database, new HubTime(systemClock)).history('hub.db-49')).toHaveLength(1)
    database.close()
  })
})
