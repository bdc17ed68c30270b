import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { z } from 'zod'

/** What packaging writes down of each app, beside its zip: `<app>.json`. */
const PackageRecord = z.object({ app: z.string(), version: z.string(), archiveSha256: z.string() })

/** A package of one app, ready to be deployed. */
export interface AppPackage {
  readonly app: string
  /** Path of the zip. */
  readonly file: string
  /** Equal content has an equal version. */
  readonly version: string
}

/**
 * Reads a folder of packages, by name of the app, and holds each against the hash that packaging wrote down.
 *
 * @throws Error naming what is missing or was changed since
 */
export function readPackages(folder: string): readonly AppPackage[] {
  const records = existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.json'))
        .toSorted()
    : []
  if (records.length === 0)
    throw new Error(`There are no packages in ${folder}: run \`npm run package\` first.`)
  return records.map((name) => {
    const { app, version, archiveSha256 } = PackageRecord.parse(
      JSON.parse(readFileSync(join(folder, name), 'utf8')),
    )
    const file = join(folder, `${app}.zip`)
    if (!existsSync(file)) throw new Error(`${join(folder, name)} tells of ${app}.zip, which is not there.`)
    const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex')
    if (sha256 !== archiveSha256) {
      throw new Error(`${file} is not the file that was packaged: its sha256 is ${sha256}. Package again.`)
    }
    return { app, file, version }
  })
}
