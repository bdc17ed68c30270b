import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { AppError } from '../errors.ts'
import { damaged } from './hub-fault.ts'

/** Larger files take too long to be read whole at every start: there, damage is told of where it is met. */
const checkedBytes = 64 * 1024 * 1024
const identityAt = 68
const busyTimeoutMs = 5_000

/**
 * Looks at the file of a task hub before anything is written: SQLite would take the log of another file for its own, and write over what it
 * cannot read. `newest`: the format that this host knows. @throws AppError that names the file and what helps; errors of SQLite
 */
export function checkHubFile(file: string, newest: number): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (size === 0) return
  const database = new DatabaseSync(file, { readOnly: true, timeout: busyTimeoutMs })
  try {
    const numberOf = (pragma: string): number => Number(database.prepare(`PRAGMA ${pragma}`).get()?.[pragma])
    const format = numberOf('user_version')
    const identity = numberOf('application_id')
    const written = readIdentity(file)
    if (written !== 0 && written !== identity)
      throw new AppError(
        `The task hub in ${file} cannot be opened: ${file}-wal belongs to another hub. Move that file away, or put back the one that belongs here: it holds the latest changes.`,
      )
    if (format > newest)
      throw new AppError(
        `The task hub in ${file} has format ${format}, this host knows ${newest}: use a newer host, or move the file away to start with an empty hub.`,
      )
    if (size > checkedBytes) return
    const found = String(database.prepare('PRAGMA quick_check(1)').get()?.['quick_check'])
    if (found !== 'ok') throw new AppError(damaged(file, found.replaceAll('\n', ' ')))
  } finally {
    database.close()
  }
}

/** The hub's identity as the file itself has it, without its log; 0: it has none yet. */
function readIdentity(file: string): number {
  const bytes = Buffer.alloc(4)
  const handle = openSync(file, 'r')
  try {
    readSync(handle, bytes, 0, bytes.length, identityAt)
  } finally {
    closeSync(handle)
  }
  return bytes.readInt32BE()
}
