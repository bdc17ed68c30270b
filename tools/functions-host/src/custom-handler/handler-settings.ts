import { existsSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'

import type { AppSettings } from '../config/app-settings.ts'
import { HostError } from '../errors.ts'
import { JsonSection } from '../config/json-section.ts'
import { parseTimeSpan } from '../time/time-span.ts'

/** The documented name, that of the documentation for what came later, and that of the source. All mean the same request, streamed. */
const forwardingFlags = [
  'enableForwardingHttpRequest',
  'enableHttpProxyingRequest',
  'enableProxyingHttpRequest',
]

/** How to start the program of a custom handler, and how to speak to it. */
export interface HandlerSettings {
  readonly executable: string
  readonly args: readonly string[]
  readonly workingDirectory: string
  /** Undefined: any free one. */
  readonly port: number | undefined
  /** How long the program may take until it listens, ms. */
  readonly startTimeoutMs: number
  /** Whether functions of HTTP alone get their requests as they are, and answer as they like: at the path that was asked for, or at `/<name>`. */
  readonly forwarding: 'none' | 'to-path' | 'to-name'
  /** Functions that are routes alone, without a function.json. */
  readonly routes: readonly { readonly route: string; readonly authLevel: string }[]
}

/** Reads `customHandler` of host.json, or `httpWorker`, whose requests are always forwarded. @throws HostError naming the property */
export function readHandlerSettings(
  section: JsonSection,
  options: { readonly directory: string; readonly settings: AppSettings; readonly isHttpWorker: boolean },
): HandlerSettings {
  const { directory, settings, isHttpWorker } = options
  const description = section.section('description')
  const text = (name: string): string => expand(description.text(name) ?? '', settings)
  const texts = (name: string): string[] =>
    (description.texts(name) ?? []).map((item) => expand(item, settings))
  const named = text('defaultExecutablePath')
  if (named === '')
    throw new HostError(
      `${description.place('defaultExecutablePath')} is missing. Set it to the program that serves the functions.`,
    )
  const beside = join(directory, text('workerDirectory'), named)
  const workingDirectory = text('workingDirectory')
  const workerPath = text('defaultWorkerPath')
  const timeout = section.text('initializationTimeout')
  const isForwarding = forwardingFlags.some((name) => section.flag(name) === true)
  return {
    // A file of the app, else a program that the system finds by its name.
    executable: !isAbsolute(named) && existsSync(beside) ? beside : named,
    args: [...texts('arguments'), ...(workerPath === '' ? [] : [workerPath]), ...texts('workerArguments')],
    workingDirectory: isAbsolute(workingDirectory) ? workingDirectory : join(directory, workingDirectory),
    port: section.wholeNumber('port', { least: 1, most: 65_535 }),
    startTimeoutMs:
      timeout === undefined ? 30_000 : parseTimeSpan(timeout, section.place('initializationTimeout')),
    forwarding: isHttpWorker ? 'to-name' : isForwarding ? 'to-path' : 'none',
    routes: readRoutes(section.section('http')),
  }
}

function readRoutes(http: JsonSection): HandlerSettings['routes'] {
  const items = http.get('routes') ?? []
  if (!Array.isArray(items)) throw new HostError(`${http.place('routes')} must be a list of objects.`)
  const byDefault = http.text('defaultAuthorizationLevel') ?? 'function'
  return items.map((item: unknown, index) => {
    const place = http.place(`routes[${index}]`)
    const each = JsonSection.of(item, place)
    const route = each.text('route')
    if (route === undefined) throw new HostError(`${place}.route is missing.`)
    return { route, authLevel: (each.text('authorizationLevel') ?? byDefault).toLowerCase() }
  })
}

/** `%NAME%` is a setting; what names none stays as it is. */
function expand(text: string, settings: AppSettings): string {
  return text.replaceAll(/%([^%]+)%/g, (whole, name: string) => settings[name] ?? whole)
}
