import { appendFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

// A file for each piece of work, as long as the number of its runs: an append is whole whoever dies meanwhile.

/** Tells that a piece of work is begun. @returns how often it was by now */
export function leaveTrace(directory: string, key: string): number {
  const file = join(directory, encodeURIComponent(key))
  appendFileSync(file, '.')
  return statSync(file).size
}

/** How often each piece of work was begun. */
export function readTraces(directory: string): Map<string, number> {
  return new Map(
    readdirSync(directory).map((file) => [decodeURIComponent(file), statSync(join(directory, file)).size]),
  )
}
