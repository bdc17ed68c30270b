import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The version in package.json of the workspace. */
export function productVersion(root: string): string {
  return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version
}

/** One hash over paths and contents, hexadecimal. */
export function hashOf(files: ReadonlyMap<string, Uint8Array>): string {
  const hash = createHash('sha256')
  for (const [path, content] of files) hash.update(`${path}\0${content.byteLength}\0`).update(content)
  return hash.digest('hex')
}

/** Bytes of the files whose path is chosen. */
export function sizeOf(files: ReadonlyMap<string, Uint8Array>, isChosen: (path: string) => boolean): number {
  return [...files].reduce((sum, [path, { byteLength }]) => (isChosen(path) ? sum + byteLength : sum), 0)
}
