import { readFileSync, writeFileSync } from 'node:fs'

/** What packaging wrote down of one app: `dist/packages/<app>.json`. */
export interface PackageRecord {
  readonly app: string
  /** Version of the product, `+`, and the first 12 digits of a hash over the files. */
  readonly version: string
  /** Bytes of the bundle's JavaScript, before compression. */
  readonly javascriptBytes: number
  /** Bytes of node_modules, before compression. */
  readonly nativeBytes: number
  readonly archiveBytes: number
  readonly archiveSha256: string
}

/** Reads the record of a package. */
export function readRecord(file: string): PackageRecord {
  return JSON.parse(readFileSync(file, 'utf8')) as PackageRecord
}

/** Writes the record of a package. */
export function writeRecord(file: string, record: PackageRecord): void {
  writeFileSync(file, `${JSON.stringify(record, null, 2)}\n`)
}
