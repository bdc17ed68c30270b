import { accessSync, closeSync, constants, existsSync, openSync, readSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'

import { makeDataFolder } from './make-data-folder.ts'
import { describeStorageError } from './storage-error.ts'

/**
 * What a file of an earlier layout lacks is added by those who need it. Layout 2 has property indexes, which a program
 * of layout 1 would not keep up to date.
 */
const layoutVersion = 2
const headerBytes = 100
const ourTables = ['databases', 'containers', 'offers']

/**
 * Opens the database of one account, for this process alone; in memory where no path is given, then with `content` where that is.
 * A file that is not one of ours, or is damaged, is not touched.
 * @throws Error that says what is wrong with the file and what to do
 */
export function openDatabase(path: string | undefined, content?: Uint8Array): DatabaseSync {
  try {
    if (path !== undefined) {
      makeDataFolder(dirname(path))
      accessSync(dirname(path), constants.W_OK)
      checkFile(path)
    }
    return open(path, content)
  } catch (error) {
    const where = path === undefined ? 'The snapshot' : `The data file ${path}`
    throw new Error(`${where} cannot be used: ${describeStorageError(error)}`, { cause: error })
  }
}

function open(path: string | undefined, content: Uint8Array | undefined): DatabaseSync {
  const database = new DatabaseSync(path ?? ':memory:')
  try {
    if (content) database.deserialize(content)
    // One process owns the file: a second emulator on the same data is refused instead of corrupting counters.
    database.exec(`
      PRAGMA busy_timeout = 3000;
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA cache_size = -32000;
    `)
    claimLayout(database)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Marks a new file, or one of an earlier layout, as of this layout. */
function claimLayout(database: DatabaseSync): void {
  database.exec('BEGIN IMMEDIATE')
  checkLayout(database)
  if (readLayout(database) !== layoutVersion) database.exec(`PRAGMA user_version = ${layoutVersion}`)
  database.exec('COMMIT')
}

function readLayout(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version'])
}

/** @throws Error for a database of another program, or of a layout that is not known here */
export function checkLayout(database: DatabaseSync): void {
  const version = readLayout(database)
  if (version > layoutVersion) throw new Error(newerLayout(version))
  const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all()
  const names = new Set(tables.map(({ name }) => name))
  const isEmpty = names.size === 0
  if (!isEmpty && (version === 0 || ourTables.some((name) => !names.has(name))))
    throw new Error(
      'it is the SQLite file of another program. It was left as it is: choose another folder (--data).',
    )
}

/** Looks at a file without changing a byte of it. */
function checkFile(path: string): void {
  if (!existsSync(path) || statSync(path).size === 0) return
  accessSync(path, constants.W_OK)
  const header = readHeader(path)
  if (header.toString('latin1', 0, 16) !== 'SQLite format 3\0')
    throw new Error(
      'it is no SQLite file, or its beginning is damaged. It was left as it is: put a backup in its place, or choose another folder (--data).',
    )
  const version = header.readUInt32BE(60)
  if (version > layoutVersion) throw new Error(newerLayout(version))
  const hasLog = (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0
  if (!hasLog) checkLength(path, header)
  const url = pathToFileURL(resolve(path))
  // Without a log to read, SQLite need not even make files beside it.
  if (!hasLog) url.searchParams.set('immutable', '1')
  const database = new DatabaseSync(url, { readOnly: true })
  try {
    database.exec('PRAGMA busy_timeout = 3000')
    checkLayout(database)
  } finally {
    database.close()
  }
}

/** Without a log that is still to be written back, the file is as long as its header says. */
function checkLength(path: string, header: Buffer): void {
  const size = header.readUInt16BE(16)
  const pageBytes = size === 1 ? 65_536 : size
  const wanted = header.readUInt32BE(28) * pageBytes
  const found = statSync(path).size
  if (found < wanted)
    throw new Error(
      `it is cut short: ${found} of ${wanted} bytes are there. It was left as it is: put a backup in its place, or choose another folder (--data).`,
    )
}

function readHeader(path: string): Buffer {
  const header = Buffer.alloc(headerBytes)
  const file = openSync(path, 'r')
  try {
    readSync(file, header, 0, headerBytes, 0)
    return header
  } finally {
    closeSync(file)
  }
}

function newerLayout(version: number): string {
  return `it is of layout ${version}, made by a newer emulator; this one reads up to ${layoutVersion}. Install the newer version (npm install @zoetrope/cosmos-emulator@latest), or choose another folder (--data).`
}
