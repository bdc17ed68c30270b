import { cpSync, mkdirSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'

import type { LockFile } from './lock-file.ts'
import { packageNameOf } from './lock-file.ts'
import { findPlatformPackage } from './platform-package.ts'
import type { NativeFiles } from './trace-natives.ts'

/** Not needed where the code runs. */
const skipped = /\.(d\.[cm]?ts|map|h|md)$/i

/**
 * Copies what {@link NativeFiles} names into `node_modules` of a deployed app. Licences are not among it: they stand in the notices.
 * Answers where the platform packages lie on this machine, by their folder in the lock file.
 */
export async function copyNatives(
  { root, cache, out }: { readonly root: string; readonly cache: string; readonly out: string },
  lock: LockFile,
  natives: NativeFiles,
): Promise<ReadonlyMap<string, string>> {
  const manifests = natives.packages.map((folder) => `${folder}/package.json`)
  for (const file of new Set([...natives.files, ...manifests])) copy(join(root, file), join(out, file))
  const places = new Map<string, string>()
  for (const folder of natives.platformPackages) {
    const entry = lock.get(folder)
    if (!entry) throw new Error(`${folder} is not in the lock file.`)
    const from = await findPlatformPackage({ root, folder, entry, cache })
    places.set(folder, from)
    for (const file of readdirSync(from, { recursive: true, withFileTypes: true })) {
      if (!file.isFile() || skipped.test(file.name) || /^licen[cs]e/i.test(file.name)) continue
      const path = join(file.parentPath, file.name)
      copy(path, join(out, folder, path.slice(from.length)))
    }
  }
  return places
}

/** Exact versions by name, for the package.json of the app. */
export function versionsOf(lock: LockFile, folders: readonly string[]): Record<string, string> {
  return Object.fromEntries(folders.map((folder) => [packageNameOf(folder), lock.get(folder)?.version ?? '']))
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true })
  cpSync(from, to, { dereference: true })
}
