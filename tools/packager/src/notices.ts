import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

import type { LockFile } from './lock-file.ts'
import { isPlatformPackage, packageNameOf } from './lock-file.ts'

/** Files whose text must go along with the package that they lie in. */
const licenceFile = /^(licen[cs]e|notice|copying)([.-].*)?$/i
/** Packages of binaries list in their README what is linked into them, and under which terms. */
const binaryFile = /^((licen[cs]e|notice|copying)([.-].*)?|readme\.md)$/i
const gnuLicences = join(import.meta.dirname, '..', 'licences')
const line = '-'.repeat(80)

/**
 * The licences of what an app is made of: `THIRD-PARTY-NOTICES.txt`. Packages by their folder in the lock file, with the place where they lie. Beside
 * binaries stand what their packages tell of them, and the texts of the LGPL and the GPL.
 */
export function writeNotices(root: string, lock: LockFile, packages: ReadonlyMap<string, string>): string {
  const isBinary = (folder: string): boolean => isPlatformPackage(lock.get(folder) ?? { version: '' })
  const parts = [...packages]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([folder, place]) => {
      const entry = lock.get(folder)
      const title = `${packageNameOf(folder)} ${entry?.version ?? ''} (${entry?.license ?? 'see below'})`
      return [line, title, ...textsIn(place, isBinary(folder) ? binaryFile : licenceFile)].join('\n\n')
    })
  const head = 'This package contains software of others. Their licences follow.'
  const [notes, texts] = [...packages.keys()].some(isBinary)
    ? [[binaryNotes(root)], textsIn(gnuLicences, /\.txt$/).map((text) => `${line}\n\n${text}`)]
    : [[], []]
  return `${[head, ...notes, ...parts, ...texts].join('\n\n')}\n`
}

function textsIn(folder: string, wanted: RegExp): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && wanted.test(entry.name))
    .map(({ name }) => name)
    .toSorted()
    .map((name) => readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n').trim())
}

/** What THIRD-PARTY.md says of binaries whose terms the licence field of their npm package does not tell. */
function binaryNotes(root: string): string {
  const text = readFileSync(join(root, 'THIRD-PARTY.md'), 'utf8')
  const start = text.indexOf('## Binaries under other terms')
  const end = text.indexOf('\n## ', start + 1)
  if (start < 0 || end < 0) throw new Error('THIRD-PARTY.md has no section "Binaries under other terms".')
  return text.slice(start, end).trim()
}
