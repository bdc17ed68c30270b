import type { Metafile } from 'esbuild'

import { packageFolderOf, packageNameOf } from './lock-file.ts'

/** Bytes that each package, or each project of ours (`libs/store`), has in a bundle; largest first. */
export function sizeOfInputs(metafile: Metafile): readonly (readonly [name: string, bytes: number])[] {
  const bytes = new Map<string, number>()
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const folder = packageFolderOf(path)
      const name = folder ? packageNameOf(folder) : path.split('/').slice(0, 2).join('/')
      bytes.set(name, (bytes.get(name) ?? 0) + bytesInOutput)
    }
  }
  return [...bytes].toSorted(([, a], [, b]) => b - a)
}
