import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import type { LockedPackage } from './lock-file.ts'
import { packageNameOf } from './lock-file.ts'

/** A package to find: the workspace, its folder in the lock file, its entry there. */
export interface PlatformPackage {
  readonly root: string
  /** `node_modules/@img/sharp-linux-x64` */
  readonly folder: string
  readonly entry: LockedPackage
  /** Where packages of other platforms than this machine's are kept, by name and version. */
  readonly cache: string
}

/**
 * The folder with the files of a platform package: as npm installed it where this machine is of that platform, else fetched by npm, in exactly the
 * version and with the hash of the lock file. @throws Error when it cannot be fetched, or is not what the lock file names
 */
export async function findPlatformPackage({ root, folder, entry, cache }: PlatformPackage): Promise<string> {
  const installed = join(root, folder)
  if (versionIn(installed) === entry.version) return installed
  const name = packageNameOf(folder)
  const kept = join(cache, `${name.replace('/', '+')}@${entry.version}`)
  if (versionIn(kept) !== entry.version) await fetchPackage(`${name}@${entry.version}`, entry, kept)
  return kept
}

function versionIn(folder: string): string | undefined {
  const file = join(folder, 'package.json')
  if (!existsSync(file)) return undefined
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version
}

async function fetchPackage(specifier: string, { integrity }: LockedPackage, folder: string): Promise<void> {
  const scratch = `${folder}.new`
  rmSync(scratch, { recursive: true, force: true })
  mkdirSync(scratch, { recursive: true })
  console.log(`Fetching ${specifier} ...`)
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const printed = await run(npm, [
    'pack',
    specifier,
    '--json',
    '--ignore-scripts',
    '--pack-destination',
    scratch,
  ])
  const [{ filename } = { filename: '' }] = JSON.parse(printed) as { filename: string }[]
  const tarball = join(scratch, filename.replace('@', '').replace('/', '-'))
  const hash = `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`
  if (hash !== integrity)
    throw new Error(
      `${specifier}: npm brought a package with the hash ${hash}; the lock file says ${integrity ?? 'nothing'}.`,
    )
  await run('tar', ['-xzf', tarball, '-C', scratch])
  rmSync(folder, { recursive: true, force: true })
  renameSync(join(scratch, 'package'), folder)
  rmSync(scratch, { recursive: true, force: true })
}

function run(command: string, args: readonly string[]): Promise<string> {
  const options = { env: process.env, maxBuffer: 10_000_000, shell: command.endsWith('.cmd') }
  return new Promise((resolve, reject) => {
    execFile(command, args, options, (error, stdout, stderr) => {
      if (!error) return resolve(stdout)
      reject(
        new Error(
          `\`${command} ${args.join(' ')}\` failed: ${stderr.trim() || error.message}\nThe npm registry must be reachable to package for another platform.`,
        ),
      )
    })
  })
}
