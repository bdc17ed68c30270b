import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

import type { LockFile } from './lock-file.ts'
import { isPlatformPackage, packageNameOf } from './lock-file.ts'

/** Files whose text must go along with the package that they lie in. */
const licenceFile = /^(licen[cs]e|notice|copying)([.-].*)?$/i
const line = '-'.repeat(80)

/** The licences of what an app is made of: `THIRD-PARTY-NOTICES.txt`. */
export function writeNotices(root: string, lock: LockFile, folders: readonly string[]): string {
  const hasBinaries = folders.some((folder) => isPlatformPackage(lock.get(folder) ?? { version: '' }))
  const parts = [...folders].toSorted().map((folder) => {
    const entry = lock.get(folder)
    const title = `${packageNameOf(folder)} ${entry?.version ?? ''} (${entry?.license ?? 'see below'})`
    return [line, title, ...licenceTexts(join(root, folder))].join('\n\n')
  })
  const head = 'This package contains software of others. Their licences follow.'
  return `${[head, ...(hasBinaries ? [binaryNotes(root)] : []), ...parts].join('\n\n')}\n`
}

function licenceTexts(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && licenceFile.test(entry.name))
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
