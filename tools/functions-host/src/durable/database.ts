import { randomInt } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { AppError } from '../errors.ts'
import { checkHubFile } from './check-hub-file.ts'
import { hubFault } from './hub-fault.ts'

const schemaVersion = 6

/** What brings a file of format n to format n + 1. */
const migrations: Record<number, (database: DatabaseSync) => void> = {
  1: (database) => addColumn(database, 'instances', 'retries TEXT'),
  2: (database) => {
    addColumn(database, 'entities', 'locked_by TEXT')
    database.exec(lockIndex)
  },
  3: (database) => {
    database.exec('ALTER TABLE inbox RENAME TO old_inbox; ALTER TABLE activities RENAME TO old_activities')
    database.exec(work)
    for (const [table, columns] of Object.entries({
      inbox: 'instance_id, is_late, seq, execution_id, event',
      activities: 'instance_id, seq, execution_id, task_id, name, input',
    }))
      database.exec(
        `INSERT INTO ${table} (${columns}) SELECT ${columns} FROM old_${table}; DROP TABLE old_${table}`,
      )
  },
  // A row holds what an episode added, instead of one event.
  4: (database) => database.exec('ALTER TABLE history RENAME COLUMN event TO events'),
  5: (database) => addColumn(database, 'history', 'waits TEXT'),
}

function addColumn(database: DatabaseSync, table: string, definition: string): void {
  const there = database.prepare(`PRAGMA table_info(${table})`).all()
  if (there.some((column) => definition.startsWith(`${String(column['name'])} `))) return
  database.exec(`ALTER TABLE ${table} ADD COLUMN ${definition}`)
}

// One tree each: every page that a commit touches is written to disk. `seq` is counted by the store.
const work = `
CREATE TABLE inbox (instance_id TEXT NOT NULL, is_late INTEGER NOT NULL, seq INTEGER NOT NULL, execution_id TEXT, event TEXT NOT NULL, PRIMARY KEY (instance_id, is_late, seq)) WITHOUT ROWID;
CREATE TABLE activities (instance_id TEXT NOT NULL, seq INTEGER NOT NULL, execution_id TEXT NOT NULL, task_id INTEGER NOT NULL, name TEXT NOT NULL, input TEXT, PRIMARY KEY (instance_id, seq)) WITHOUT ROWID;
`

// A row for each episode: the texts of its events, with commas between them; `seq` is the index of the first; `waits`: WaitChanges.
const history =
  'CREATE TABLE history (instance_id TEXT NOT NULL, seq INTEGER NOT NULL, events TEXT NOT NULL, waits TEXT, PRIMARY KEY (instance_id, seq)) WITHOUT ROWID;'

const lockIndex =
  'CREATE INDEX IF NOT EXISTS entities_by_lock ON entities (locked_by) WHERE locked_by IS NOT NULL;'

const schema = `
CREATE TABLE instances (
  instance_id TEXT PRIMARY KEY,
  execution_id TEXT NOT NULL,
  name TEXT NOT NULL,
  status TEXT NOT NULL,
  input TEXT,
  output TEXT,
  custom_status TEXT,
  failure TEXT,
  retries TEXT,
  parent TEXT,
  generation INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX instances_by_parent ON instances (parent) WHERE parent IS NOT NULL;
${history}
${work}
CREATE TABLE timers (seq INTEGER PRIMARY KEY AUTOINCREMENT, instance_id TEXT NOT NULL, execution_id TEXT NOT NULL, fire_ms INTEGER NOT NULL, event TEXT NOT NULL);
CREATE INDEX timers_by_time ON timers (fire_ms);
CREATE INDEX timers_by_instance ON timers (instance_id);
CREATE TABLE entities (instance_id TEXT PRIMARY KEY, name TEXT NOT NULL, key TEXT NOT NULL, state TEXT, is_there INTEGER NOT NULL, created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL, locked_by TEXT) WITHOUT ROWID;
${lockIndex}
PRAGMA user_version = ${schemaVersion};
`

/** Opens the database of one app's task hub, and makes it where there is none. @throws AppError that names the file and what helps */
export function openDatabase(file: string): DatabaseSync {
  try {
    if (file !== ':memory:') {
      mkdirSync(dirname(file), { recursive: true })
      checkHubFile(file, schemaVersion)
    }
    return openSound(file)
  } catch (error) {
    const fault = hubFault(error, file)
    if (fault === undefined) throw error
    throw new AppError(fault.text, { cause: error })
  }
}

function openSound(file: string): DatabaseSync {
  const database = new DatabaseSync(file)
  try {
    // EXCLUSIVE: two hosts on one hub would do everything twice.
    // A checkpoint, which waits for the disk, every 32 MB.
    // NORMAL with WAL: no commit is lost when the process dies, whatever kills it; only a power cut may cost the last ones.
    database.exec(
      'PRAGMA busy_timeout = 5000; PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 8000',
    )
    const { user_version: found } = database.prepare('PRAGMA user_version').get() as { user_version: number }
    if (found === 0) database.exec(`BEGIN IMMEDIATE; ${schema} COMMIT`)
    for (let from = found; from > 0 && from < schemaVersion; from++) {
      database.exec('BEGIN IMMEDIATE')
      migrations[from]?.(database)
      database.exec(`PRAGMA user_version = ${from + 1}; COMMIT`)
    }
    identify(database)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

// By this number the log of one hub is told from that of another: it has to stand in the file itself.
function identify(database: DatabaseSync): void {
  if (Number(database.prepare('PRAGMA application_id').get()?.['application_id']) !== 0) return
  database.exec(`PRAGMA application_id = ${randomInt(1, 2 ** 31)}; PRAGMA wal_checkpoint(TRUNCATE)`)
}
