import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { systemClock } from '../time/clock.ts'
import { openDatabase } from './database.ts'
import { HubTime } from './hub-time.ts'
import { Store } from './store.ts'

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
    old.exec(`CREATE TABLE instances (instance_id TEXT PRIMARY KEY);
CREATE TABLE entities (instance_id TEXT PRIMARY KEY);
CREATE TABLE inbox (seq INTEGER PRIMARY KEY AUTOINCREMENT, instance_id TEXT, is_late INTEGER, execution_id TEXT, event TEXT);
CREATE INDEX inbox_by_instance ON inbox (instance_id, is_late, seq);
CREATE TABLE activities (seq INTEGER PRIMARY KEY AUTOINCREMENT, instance_id TEXT, execution_id TEXT, task_id INTEGER, name TEXT, input TEXT);
CREATE TABLE history (instance_id TEXT NOT NULL, seq INTEGER NOT NULL, event TEXT NOT NULL, PRIMARY KEY (instance_id, seq)) WITHOUT ROWID;
INSERT INTO history VALUES ('i', 0, '{"EventId":-1}'), ('i', 1, '{"EventId":0}');
INSERT INTO inbox VALUES (7, 'i', 1, 'e', 'message');
INSERT INTO activities VALUES (8, 'i', 'e', 0, 'a', NULL);
PRAGMA user_version = 1`)
    old.close()
    const database = openDatabase(file)
    expect(columns(database)).toEqual(['instance_id', 'retries'])
    expect(columns(database, 'entities')).toEqual(['instance_id', 'locked_by'])
    const store = new Store(database, new HubTime(systemClock))
    expect(store.inbox('i')).toMatchObject([{ seq: 7, is_late: 1, execution_id: 'e', event: 'message' }])
    store.appendHistory('i', 2, '{"EventId":1},{"EventId":2}')
    expect(store.history('i')).toEqual([-1, 0, 1, 2].map((id) => `{"EventId":${id}}`))
    expect(store.activity({ instanceId: 'i', seq: 8 })).toMatchObject({ task_id: 0, name: 'a' })
    database.close()
  })

  it('says what to do when it cannot be used', () => {
    const broken = join(directory, 'broken.db')
    writeFileSync(broken, 'no database '.repeat(1000))
    expect(() => openDatabase(broken)).toThrow(/broken.db is damaged .* left as it is.* move both away/)
    const newer = join(directory, 'newer.db')
    const database = new DatabaseSync(newer)
    database.exec('PRAGMA user_version = 99')
    database.close()
    expect(() => openDatabase(newer)).toThrow('use a newer host')
    const folder = join(directory, 'folder.db')
    mkdirSync(folder)
    expect(() => openDatabase(folder)).toThrow(/folder.db cannot be written .* choose another folder/)
  })
})
