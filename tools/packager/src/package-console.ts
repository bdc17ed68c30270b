import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

import { packFiles } from './archive.ts'
import { bundleConsole } from './bundle-console.ts'
import { checkBudget } from './check-budget.ts'
import { hashOf, productVersion, sizeOf } from './content.ts'
import { packageFolderOf, readLockFile } from './lock-file.ts'
import { writeNotices } from './notices.ts'
import type { PackageRecord } from './package-record.ts'
import { writeRecord } from './package-record.ts'

/** Makes the console's site: `dist/apps/console/` and `dist/packages/console.zip`, without `config.json`, which names the addresses of one installation. */
export async function packageConsole({
  root,
  dist,
}: {
  readonly root: string
  readonly dist: string
}): Promise<PackageRecord> {
  const directory = join(root, 'apps', 'console')
  const { files: bundled, metafile } = await bundleConsole(directory)
  const folders = Object.keys(metafile.inputs)
    .map((path) => relative(root, join(directory, path)).split(sep).join('/'))
    .flatMap((path) => packageFolderOf(path) ?? [])
  const notices = writeNotices(
    root,
    readLockFile(root),
    new Map(folders.map((folder) => [folder, join(root, folder)])),
  )
  const files = new Map<string, Uint8Array>(
    [
      ...bundled,
      ['LICENSE', readFileSync(join(root, 'LICENSE'))] as const,
      ['THIRD-PARTY-NOTICES.txt', Buffer.from(notices)] as const,
    ].toSorted(([a], [b]) => (a < b ? -1 : 1)),
  )
  const out = join(dist, 'apps', 'console')
  rmSync(out, { recursive: true, force: true })
  for (const folder of [out, join(dist, 'packages')]) mkdirSync(folder, { recursive: true })
  for (const [name, content] of files) writeFileSync(join(out, name), content)
  const archive = packFiles(files)
  const record: PackageRecord = {
    app: 'console',
    version: `${productVersion(root)}+${hashOf(files).slice(0, 12)}`,
    javascriptBytes: sizeOf(files, (path) => path.endsWith('.js')),
    nativeBytes: 0,
    archiveBytes: archive.byteLength,
    archiveSha256: createHash('sha256').update(archive).digest('hex'),
  }
  checkBudget(record, metafile)
  writeFileSync(join(dist, 'packages', 'console.zip'), archive)
  writeRecord(join(dist, 'packages', 'console.json'), record)
  return record
}
