import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One package of package-lock.json. */
export interface LockedPackage {
  readonly version: string
  /** `sha512-<base64>` over the tarball. */
  readonly integrity?: string
  readonly license?: string
  readonly link?: boolean
  readonly os?: readonly string[]
  readonly cpu?: readonly string[]
  readonly libc?: readonly string[]
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

/** The packages of the lock file, by the folder that npm puts them in (`node_modules/sharp`). */
export type LockFile = ReadonlyMap<string, LockedPackage>

/** What Flex Consumption runs on. */
const target = { os: 'linux', cpu: 'x64', libc: 'glibc' }

/** Reads package-lock.json of a workspace. */
export function readLockFile(root: string): LockFile {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, LockedPackage>
  }
  return new Map(Object.entries(packages))
}

/** Whether a package holds binaries of one platform. */
export function isPlatformPackage({ os, cpu, libc }: LockedPackage): boolean {
  return os !== undefined || cpu !== undefined || libc !== undefined
}

/** Whether a package runs where the apps are deployed: 64-bit Linux with glibc. */
export function runsInAzure({ os, cpu, libc }: LockedPackage): boolean {
  return [os?.includes(target.os), cpu?.includes(target.cpu), libc?.includes(target.libc)].every(
    (isNamed) => isNamed ?? true,
  )
}

/** The folder of what `name` means inside a package: the nearest node_modules upwards. */
export function resolvePackage(lock: LockFile, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(folder.lastIndexOf('/'), 0))) {
    const path = `${folder ? `${folder}/` : ''}node_modules/${name}`
    if (lock.has(path)) return path
    if (folder === '') return undefined
  }
}

/** The folder of the package that a file belongs to (`node_modules/a/node_modules/@b/c`); undefined for a file of ours. */
export function packageFolderOf(file: string): string | undefined {
  const start = file.lastIndexOf('node_modules/')
  if (start < 0) return undefined
  const [scopeOrName = '', name = ''] = file.slice(start + 'node_modules/'.length).split('/')
  return `${file.slice(0, start)}node_modules/${scopeOrName.startsWith('@') ? `${scopeOrName}/${name}` : scopeOrName}`
}

/** `node_modules/a/node_modules/@b/c` -> `@b/c`. */
export function packageNameOf(folder: string): string {
  return folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length)
}
