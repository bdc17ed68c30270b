import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

import type { AppSettings } from '../config/app-settings.ts'
import { HostError } from '../errors.ts'
import { readJsonFile } from '../config/json-file.ts'
import { JsonSection } from '../config/json-section.ts'
import type { Log } from '../logging/log.ts'
import { readRetryPolicy } from '../retry.ts'
import type { Binding, FunctionMetadata } from '../worker/protocol.ts'

/** Every method that HTTP functions take which name none. */
const allMethods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS']

/** Folders of an app that declare a function. */
export function functionFilesOf(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(directory, entry.name, 'function.json')))
    .map(({ name }) => name)
    .toSorted((a, b) => (a < b ? -1 : 1))
}

/** Reads the functions that folders with a function.json declare. One that cannot be read is named and left out, as in Azure; so is a disabled one. */
export function readFunctionFiles(
  directory: string,
  { settings, log }: { readonly settings: AppSettings; readonly log: Log },
): FunctionMetadata[] {
  return functionFilesOf(directory).flatMap((name) => {
    try {
      const raw = readJsonFile(join(directory, name, 'function.json'))
      if (isDisabled(raw.get('disabled'), settings)) {
        log('info', `Function ${name} is disabled.`, 'Host.Lifecycle')
        return []
      }
      return [toMetadata(name, raw)]
    } catch (error) {
      if (!(error instanceof HostError)) throw error
      log('error', `The '${name}' function is in error and left out: ${error.message}`)
      return []
    }
  })
}

/** The function of a route that host.json declares. */
export function routeFunction(
  index: number,
  { route, authLevel }: { route: string; authLevel: string },
): FunctionMetadata {
  const name = `http-handler${index + 1}`
  return {
    name,
    id: name,
    bindings: [
      { type: 'httpTrigger', direction: 'in', name: 'req', route, authLevel, methods: allMethods },
      { type: 'http', direction: 'out', name: 'res' },
    ],
  }
}

function toMetadata(name: string, raw: JsonSection): FunctionMetadata {
  if (!/^[a-z][\w-]{0,127}$/i.test(name))
    throw new HostError(
      `"${name}" is no name of a function. It has letters, digits, "-" and "_", the first a letter; rename its folder.`,
    )
  const bindings = raw.get('bindings')
  if (!Array.isArray(bindings)) throw new HostError(`${raw.place('bindings')} must be a list.`)
  const retry = raw.get('retry') === undefined ? undefined : raw.section('retry').value
  return {
    name,
    id: name,
    bindings: bindings.map((binding: unknown, index) =>
      toBinding(JsonSection.of(binding, raw.place(`bindings[${index}]`))),
    ),
    ...(retry ? { retryOptions: readRetryPolicy(retry, raw.place('retry')) } : {}),
  }
}

function toBinding(raw: JsonSection): Binding {
  const [type, name] = [raw.text('type'), raw.text('name')]
  if (type === undefined || name === undefined)
    throw new HostError(`${raw.place('type')} and "name" must be set.`)
  const isTrigger = /trigger$/i.test(type)
  // What these files leave out means another thing than what the library of Node leaves out.
  const defaults = type.toLowerCase() === 'httptrigger' ? { authLevel: 'function', methods: allMethods } : {}
  const authLevel = raw.text('authLevel')
  return {
    ...defaults,
    ...raw.value,
    type,
    name,
    direction: (raw.text('direction') ?? (isTrigger ? 'in' : 'out')).toLowerCase(),
    ...(authLevel === undefined ? {} : { authLevel: authLevel.toLowerCase() }),
  }
}

/** `true`, or the name of a setting that says so. */
function isDisabled(value: unknown, settings: AppSettings): boolean {
  if (typeof value !== 'string') return value === true
  const named = settings[value.replaceAll('%', '')] ?? value
  return named === '1' || named.toLowerCase() === 'true'
}
