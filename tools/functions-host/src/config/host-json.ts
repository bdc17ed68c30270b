import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { HostError } from '../errors.ts'
import { readJsonFile } from './json-file.ts'
import { JsonSection } from './json-section.ts'

type Json = Record<string, unknown>

/** Sections of `extensions` that have a spelling of their own here; .NET takes any. */
const extensionNames = ['http', 'queues', 'blobs', 'tables', 'cosmosDB', 'durableTask', 'eventGrid', 'mcp']

/** Reads host.json, with the settings `AzureFunctionsJobHost__path__to__property` in place of what it says. @throws HostError */
export function readHostJson(
  directory: string,
  settings: Readonly<Record<string, string | undefined>>,
): JsonSection {
  const file = join(directory, 'host.json')
  if (!existsSync(file)) throw new HostError(`${dirname(file)} is no function app: it has no host.json.`)
  const host = structuredClone(readJsonFile(file).value) as Json
  for (const [name, value] of Object.entries(settings)) {
    const path = /^AzureFunctionsJobHost(?:__|:)(.+)$/i.exec(name)?.[1]?.split(/__|:/)
    if (path && value !== undefined) override(host, path, { name, value })
  }
  const section = JsonSection.of(host, file)
  if (section.get('version') !== '2.0')
    throw new HostError(`${file}: "version" must be "2.0", the one that Functions 4 reads.`)
  return section
}

/** The sections of `extensions`, under the names that this host has for them. @throws HostError */
export function readExtensions(host: JsonSection): Record<string, Readonly<Json>> {
  const extensions = host.section('extensions')
  return Object.fromEntries(
    Object.keys(extensions.value).map((name) => [
      extensionNames.find((known) => known.toLowerCase() === name.toLowerCase()) ?? name,
      extensions.section(name).value,
    ]),
  )
}

function override(host: Json, path: readonly string[], setting: { name: string; value: string }): void {
  let target = host
  for (const [index, part] of path.entries()) {
    const key = Object.keys(target).find((name) => name.toLowerCase() === part.toLowerCase()) ?? part
    if (index === path.length - 1) {
      target[key] = toValue(setting.value)
      return
    }
    // `functions__0` is the first item of a list.
    const isList = /^\d+$/.test(path[index + 1] ?? '')
    const inner = (target[key] ??= isList ? [] : {})
    if (typeof inner !== 'object')
      throw new HostError(
        `The setting ${setting.name} reaches into "${key}" of host.json, which is ${JSON.stringify(inner)}. Shorten its name, or make "${key}" an object.`,
      )
    target = inner as Json
  }
}

function toValue(text: string): unknown {
  if (/^(true|false)$/i.test(text)) return /^true$/i.test(text)
  return /^-?\d+$/.test(text) ? Number(text) : text
}
