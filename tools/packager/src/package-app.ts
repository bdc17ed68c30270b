import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'

import { packFiles, readFolder } from './archive.ts'
import { bundleApp, nativeImportsOf } from './bundle-app.ts'
import { checkBudget } from './check-budget.ts'
import { hashOf, productVersion, sizeOf } from './content.ts'
import { copyNatives, versionsOf } from './copy-natives.ts'
import type { DurableBackend } from './durable-backend.ts'
import { hostJsonFor } from './durable-backend.ts'
import { packageFolderOf, readLockFile } from './lock-file.ts'
import { writeNotices } from './notices.ts'
import type { PackageRecord } from './package-record.ts'
import { writeRecord } from './package-record.ts'
import { traceNatives } from './trace-natives.ts'

/** Where {@link packageApp} finds things and puts them; folders are absolute. */
export interface PackageFolders {
  /** The workspace. */
  readonly root: string
  /** Gets `apps/<app>/` (the deployable folder), `packages/<app>.zip` and `maps/<app>/`. */
  readonly dist: string
  /** Where packages of other platforms are kept. */
  readonly cache: string
}

/**
 * Makes the deployable zip of one function app: its bundle, host.json, manifest.json, package.json, licences, and a node_modules that holds only what
 * cannot be bundled, for 64-bit Linux. The same sources and lock file give the same bytes. @throws Error when the project is no function app, or the package is over its budget
 */
export async function packageApp(
  { root, dist, cache }: PackageFolders,
  project: string,
  durableBackend: DurableBackend = 'storage',
): Promise<PackageRecord> {
  if (!existsSync(join(root, project, 'host.json')))
    throw new Error(`${project} is no function app: it has no host.json.`)
  const app = basename(project)
  const out = join(dist, 'apps', app)
  const maps = join(dist, 'maps', app)
  for (const folder of [out, maps]) rmSync(folder, { recursive: true, force: true })

  const lock = readLockFile(root)
  const metafile = await bundleApp({ root, project, out, maps })
  const natives = await traceNatives(root, lock, nativeImportsOf(metafile))
  const binaryPlaces = await copyNatives({ root, cache, out }, lock, natives)
  const hostJson = readFileSync(join(root, project, 'host.json'), 'utf8')
  writeFileSync(join(out, 'host.json'), hostJsonFor(hostJson, durableBackend))
  cpSync(join(root, project, 'manifest.json'), join(out, 'manifest.json'))
  cpSync(join(root, 'LICENSE'), join(out, 'LICENSE'))
  const bundled = Object.keys(metafile.inputs).flatMap((path) => packageFolderOf(path) ?? [])
  const places = [...bundled, ...natives.packages].map((folder) => [folder, join(root, folder)] as const)
  const notices = writeNotices(root, lock, new Map([...places, ...binaryPlaces]))
  writeFileSync(join(out, 'THIRD-PARTY-NOTICES.txt'), notices)

  const files = readFolder(out)
  const version = `${productVersion(root)}+${hashOf(files).slice(0, 12)}`
  const dependencies = versionsOf(lock, [...natives.packages, ...natives.platformPackages])
  const manifest = { name: app, version, private: true, type: 'module', main: 'main.mjs', dependencies }
  const text = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)
  writeFileSync(join(out, 'package.json'), text)
  const archive = packFiles(files.set('package.json', text))

  const record: PackageRecord = {
    app,
    version,
    javascriptBytes: sizeOf(files, (path) => !path.startsWith('node_modules/') && path.endsWith('.mjs')),
    nativeBytes: sizeOf(files, (path) => path.startsWith('node_modules/')),
    archiveBytes: archive.byteLength,
    archiveSha256: createHash('sha256').update(archive).digest('hex'),
  }
  checkBudget(record, metafile)
  mkdirSync(join(dist, 'packages'), { recursive: true })
  writeFileSync(join(dist, 'packages', `${app}.zip`), archive)
  writeRecord(join(dist, 'packages', `${app}.json`), record)
  return record
}
