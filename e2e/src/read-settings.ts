import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The settings that a local stack gave to one of its apps. */
export function readSettings(dataDirectory: string, app: string): Readonly<Record<string, string>> {
  return JSON.parse(readFileSync(join(dataDirectory, 'settings', `${app}.json`), 'utf8')) as Record<
    string,
    string
  >
}
