import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'

import type { Zippable } from 'fflate'
import { unzipSync, zipSync } from 'fflate'

/** Of every entry: the earliest time that a zip can hold. */
const modifiedAt = new Date(1980, 0, 1)
/** A regular file, `rw-r--r--`, as Unix (3) writes it. */
const unix = 3
const fileMode = (0o100644 << 16) >>> 0
/** Native packages are large and shrink little: the quickest level takes half the time, for 5 % more. */
const levelOf = (path: string): 1 | 6 => (path.startsWith('node_modules/') ? 1 : 6)

/**
 * Packs files, by their path in the archive, into a zip. The same files give the same bytes on every machine: entries are sorted, times and modes
 * fixed, and the compressor is JavaScript (zlib's output differs with the processor).
 */
export function packFiles(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const entries: Zippable = {}
  for (const [path, content] of [...files].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    entries[path] = [content, { level: levelOf(path), mtime: modifiedAt, os: unix, attrs: fileMode }]
  }
  return zipSync(entries)
}

/** Every file of a folder, by its path in it, with `/` between the parts. */
export function readFolder(folder: string): Map<string, Uint8Array> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  return new Map(
    files
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [relative(folder, path).split(sep).join('/'), readFileSync(path)] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  )
}

/** Unpacks a zip into a folder. @throws Error for an entry that would stand outside it */
export function unpackFile(archive: string, folder: string): void {
  const root = resolve(folder)
  for (const [path, content] of Object.entries(unzipSync(readFileSync(archive)))) {
    const target = resolve(root, path)
    if (!target.startsWith(root + sep)) throw new Error(`${archive} holds ${path}, which lies outside of it.`)
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, content)
  }
}
