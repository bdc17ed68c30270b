import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

import { checkLayout } from './open-database.ts'
import { describeStorageError } from './storage-error.ts'

/** Where the header of a database says that it has a write-ahead log: version 2 for reading and for writing. */
const journalBytes = [18, 19]

/** The database as the bytes of a file that has no log, which can also be loaded into memory. */
export function copyDatabase(database: DatabaseSync): Uint8Array {
  const copy = database.serialize()
  for (const position of journalBytes) copy[position] = 1
  return copy
}

/** @throws Error for bytes that are no copy of a data file */
export function checkCopy(copy: Uint8Array): void {
  const database = new DatabaseSync(':memory:')
  try {
    database.deserialize(copy)
    checkLayout(database)
  } catch (error) {
    throw new Error(`The snapshot cannot be used: ${describeStorageError(error)}`, { cause: error })
  } finally {
    database.close()
  }
}

/**
 * Puts a copy beside a data file, on disk. What it returns lets the copy take the file's place, at once and whole: call it when the
 * file is closed.
 */
export function prepareReplacement(path: string, copy: Uint8Array): () => void {
  const beside = `${path}.restoring`
  const file = openSync(beside, 'w', 0o600)
  try {
    writeFileSync(file, copy)
    fsyncSync(file)
  } catch (error) {
    // On a full disk half of a copy would take what space is left.
    rmSync(beside, { force: true })
    throw error
  } finally {
    closeSync(file)
  }
  return () => {
    // Where the log could not be written back, on a full disk, it is there still: it must not be taken for one of the copy.
    for (const log of [`${path}-wal`, `${path}-shm`]) rmSync(log, { force: true })
    renameSync(beside, path)
  }
}
