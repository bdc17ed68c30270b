import { build } from 'esbuild'

import type { LockFile } from './lock-file.ts'
import { isPlatformPackage, packageFolderOf, resolvePackage, runsInAzure } from './lock-file.ts'

/** Packages that load native code: they are deployed as files, because their loaders look for the binary beside them. */
export const nativePackages: readonly string[] = ['sharp', 'node-av']

/** What must lie in node_modules of a deployed app; all paths begin with `node_modules/`. */
export interface NativeFiles {
  /** JavaScript that the imported modules reach, each file by itself. */
  readonly files: readonly string[]
  /** Folders of the packages that these files belong to. */
  readonly packages: readonly string[]
  /** Folders of the packages that hold the binaries for Azure. */
  readonly platformPackages: readonly string[]
}

/** Finds what modules of native packages need at run time in Azure, whatever machine this is: their JavaScript as the bundler reads it, their binaries from the lock file. */
export async function traceNatives(
  root: string,
  lock: LockFile,
  imports: readonly string[],
): Promise<NativeFiles> {
  if (imports.length === 0) return { files: [], packages: [], platformPackages: [] }
  const { metafile } = await build({
    absWorkingDir: root,
    stdin: {
      contents: imports.map((path, index) => `export * as m${index} from '${path}'`).join('\n'),
      resolveDir: root,
    },
    bundle: true,
    write: false,
    outdir: 'traced',
    platform: 'node',
    format: 'esm',
    metafile: true,
    external: [...lock]
      .filter(([, entry]) => isPlatformPackage(entry))
      .map(([path]) => path.slice('node_modules/'.length)),
    // Loaders try binaries that are built on the spot; there are none.
    loader: { '.node': 'empty' },
    logLevel: 'error',
  })
  const files = Object.keys(metafile.inputs).filter((path) => packageFolderOf(path) !== undefined)
  const packages = [...new Set(files.map((path) => packageFolderOf(path) ?? ''))].toSorted()
  const found = new Set<string>()
  const visit = (folder: string): void => {
    for (const name of Object.keys(lock.get(folder)?.optionalDependencies ?? {})) {
      const path = resolvePackage(lock, folder, name)
      const entry = path === undefined ? undefined : lock.get(path)
      if (!path || !entry || found.has(path) || !isPlatformPackage(entry) || !runsInAzure(entry)) continue
      found.add(path)
      visit(path)
    }
  }
  for (const folder of packages) visit(folder)
  return { files, packages, platformPackages: [...found].toSorted() }
}
