import type { WriteStream } from 'node:fs'
import { createWriteStream, mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'

const largestBytes = 10_000_000

/** Opens the log file of one process of the stack; a large one of earlier starts is kept once, as `.old`. */
export function openProcessLog(directory: string, name: string): WriteStream {
  mkdirSync(directory, { recursive: true })
  const file = join(directory, `${name}.log`)
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > largestBytes) renameSync(file, `${file}.old`)
  return createWriteStream(file, { flags: 'a', mode: 0o600 })
}
