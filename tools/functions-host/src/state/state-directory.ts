import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { HostError } from '../errors.ts'

/** As much as the small files of a host take at first, bytes: a folder that holds no more is full. */
const probeBytes = 4096

/** Makes a folder for what must survive a restart, and sees that it can be written. @throws HostError naming the folder and what to mend */
export function openStateDirectory(directory: string): void {
  const probe = join(directory, `.probe-${process.pid}`)
  try {
    mkdirSync(directory, { recursive: true })
    try {
      writeFileSync(probe, Buffer.alloc(probeBytes))
    } finally {
      rmSync(probe, { force: true })
    }
  } catch (error) {
    throw new HostError(`The data folder ${directory} cannot be written: ${explain(error)}`)
  }
}

/** Why a folder cannot be written, and what to do about it. */
function explain(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  const orElse = 'or choose another folder with --data.'
  if (code === 'ENOSPC' || code === 'EDQUOT') return `there is no space left. Make room there, ${orElse}`
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return `this user may not write there. Let it, ${orElse}`
  if (code === 'ENOTDIR' || code === 'EEXIST') return `a file is in its place. Move that away, ${orElse}`
  return `${message}. Mend that, ${orElse}`
}
