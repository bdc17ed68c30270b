import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { FakeAzure } from './fake-azure.ts'

/** Writes packages as packaging does, a zip and a record an app, and tells the fake which versions they are. */
export function writePackages(
  folder: string,
  versions: Readonly<Record<string, string>>,
  azure: FakeAzure,
): string {
  mkdirSync(folder, { recursive: true })
  for (const [app, version] of Object.entries(versions)) {
    const zip = Buffer.from(`PK ${app} ${version}`)
    const archiveSha256 = createHash('sha256').update(zip).digest('hex')
    writeFileSync(join(folder, `${app}.zip`), zip)
    writeFileSync(join(folder, `${app}.json`), JSON.stringify({ app, version, archiveSha256 }))
    azure.know(zip, version)
  }
  return folder
}
