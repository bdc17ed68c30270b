import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { openDatabase } from './database.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'hub-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const columns = (database: DatabaseSync, table = 'instances'): unknown[] =>
  database
    .prepare(`PRAGMA table_info(${table})`)
    .all()
    .map((row) => row['name'])

describe('the database of a hub', () => {
  it('is made where there is none, folders too', () => {
    const database = openDatabase(join(directory, 'deep', 'hub.db'))
    expect(columns(database)).toContain('instance_id')
    database.close()
  })

  it('is brought to the present format', () => {
    const file = join(directory, 'hub.db')
    const old = new DatabaseSync(file)
    old.exec(
      'CREATE TABLE instances (instance_id TEXT PRIMARY KEY); CREATE TABLE entities (instance_id TEXT PRIMARY KEY); PRAGMA user_version = 1',
    )
    old.close()
    const database = openDatabase(file)
    expect(columns(database)).toEqual(['instance_id', 'retries'])
    expect(columns(database, 'entities')).toEqual(['instance_id', 'locked_by'])
    database.close()
  })

  it('says what to do when it cannot be used', () => {
    const broken = join(directory, 'broken.db')
    writeFileSync(broken, 'no database '.repeat(1000))
    expect(() => openDatabase(broken)).toThrow('move the file away')
    const newer = join(directory, 'newer.db')
    const database = new DatabaseSync(newer)
    database.exec('PRAGMA user_version = 99')
    database.close()
    expect(() => openDatabase(newer)).toThrow('use a newer host')
  })
})
