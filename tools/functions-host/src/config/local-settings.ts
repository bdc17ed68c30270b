import { existsSync } from 'node:fs'
import { join } from 'node:path'

import type { CorsPolicy } from '../server/cors.ts'
import { readCorsPolicy } from '../server/cors.ts'
import { HostError } from '../errors.ts'
import { readJsonFile } from './json-file.ts'
import { JsonSection } from './json-section.ts'

/** What local.settings.json says, Core Tools' file of settings for one machine. */
export interface LocalSettings {
  /** `Values`, and each of `ConnectionStrings` as `ConnectionStrings:NAME`. */
  readonly values: Readonly<Record<string, string>>
  /** `Host.LocalHttpPort`. */
  readonly port: number | undefined
  /** `Host.CORS` and `Host.CORSCredentials`; undefined where no page of another origin is let in. */
  readonly cors: CorsPolicy | undefined
}

/** Reads local.settings.json of an app; one without it has no settings. @throws HostError naming file and property */
export function readLocalSettings(directory: string): LocalSettings {
  const path = join(directory, 'local.settings.json')
  const file = existsSync(path) ? readJsonFile(path) : JsonSection.of({}, path)
  if (file.flag('IsEncrypted'))
    throw new HostError(
      `${path} is encrypted with a key that this host has not. Decrypt it with "func settings decrypt".`,
    )
  const host = file.section('Host')
  return {
    values: { ...file.textMap('Values'), ...readConnectionStrings(file) },
    port: host.wholeNumber('LocalHttpPort', { least: 0, most: 65_535 }),
    cors: readCorsPolicy(host.text('CORS'), host.flag('CORSCredentials') ?? false, host.place('CORS')),
  }
}

/** Each is a text, or an object with the text as `ConnectionString`. */
function readConnectionStrings(file: JsonSection): Record<string, string> {
  const section = file.section('ConnectionStrings')
  return Object.fromEntries(
    Object.keys(section.value).map((name) => {
      const isText = typeof section.get(name) === 'string'
      const text = isText ? section.text(name) : section.section(name).text('ConnectionString')
      return [`ConnectionStrings:${name}`, text ?? '']
    }),
  )
}
