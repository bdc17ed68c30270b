import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'

const largestBytes = 10_000_000

/** The log file of one process of the stack. */
export interface ProcessLog {
  /** Adds a line; drops it where the disk is full: a log must not end what it tells of. */
  write(line: string): void
}

/** Opens the log file of one process of the stack; a large one of earlier starts is kept once, as `.old`. */
export function openProcessLog(directory: string, name: string): ProcessLog {
  mkdirSync(directory, { recursive: true })
  const file = join(directory, `${name}.log`)
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > largestBytes) renameSync(file, `${file}.old`)
  return {
    write(line) {
      try {
        appendFileSync(file, `${line}\n`, { mode: 0o600 })
      } catch {
        // There is nowhere left to say it.
      }
    },
  }
}
