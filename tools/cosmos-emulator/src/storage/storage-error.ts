import { ServiceError, messageOf } from '../errors.ts'

/** SQLite's primary result codes, the low byte of `errcode`. */
const sqlite = {
  busy: 5,
  readOnly: 8,
  inputOutput: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notDatabase: 26,
}

const anotherFolder = 'choose another folder (--data)'
const damaged = `it is damaged. Put a backup in its place, or ${anotherFolder}.`
const full = 'there is no space left on its disk. Free some'
const readOnly = `it cannot be written. Give this user the right to write the folder and the file, or ${anotherFolder}.`
const inUse = `another process uses it. End that one, or ${anotherFolder}.`

const bySqliteCode: Record<number, string> = {
  [sqlite.busy]: inUse,
  [sqlite.readOnly]: readOnly,
  [sqlite.inputOutput]: 'its disk failed to read or to write.',
  [sqlite.corrupt]: damaged,
  [sqlite.full]: `${full}, or ${anotherFolder}.`,
  [sqlite.cannotOpen]: readOnly,
  [sqlite.notDatabase]: damaged,
}

const byFileCode: Record<string, string> = {
  EACCES: readOnly,
  EPERM: readOnly,
  EROFS: readOnly,
  ENOSPC: `${full}, or ${anotherFolder}.`,
  EEXIST: `a file is where its folder should be. Move it away, or ${anotherFolder}.`,
  ENOTDIR: `a file is where its folder should be. Move it away, or ${anotherFolder}.`,
  EISDIR: `a folder is where the file should be. Move it away, or ${anotherFolder}.`,
}

/** What is wrong with a data file, and what to do; the error's own message where it is none of SQLite or of the file system. */
export function describeStorageError(error: unknown): string {
  const { code } = error as { code?: unknown }
  const known = bySqliteCode[sqliteCode(error) ?? -1] ?? byFileCode[String(code)]
  return known === undefined ? messageOf(error) : `${known} (${messageOf(error)})`
}

/** The answer to a request that the data file could not serve; undefined for errors that are not of the file. */
export function toStorageFailure(error: unknown): ServiceError | undefined {
  const code = sqliteCode(error)
  if (code === undefined || !(code in bySqliteCode)) return undefined
  if (code === sqlite.full)
    return new ServiceError(
      507,
      'InsufficientStorage',
      `Nothing was written: ${full}, and the emulator goes on by itself.`,
    )
  if (code === sqlite.corrupt || code === sqlite.notDatabase)
    return new ServiceError(500, 'InternalServerError', `The data file cannot be read: ${damaged}`)
  return new ServiceError(
    503,
    'ServiceUnavailable',
    `Could not be stored or read: ${describeStorageError(error)}`,
  )
}

function sqliteCode(error: unknown): number | undefined {
  const { code, errcode } = error as { code?: unknown; errcode?: unknown }
  return code === 'ERR_SQLITE_ERROR' && typeof errcode === 'number' ? errcode & 0xff : undefined
}
