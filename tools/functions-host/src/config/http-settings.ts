import { validateHeaderName, validateHeaderValue } from 'node:http'

import { HostError } from '../errors.ts'
import type { JsonSection } from './json-section.ts'
import { parseTimeSpan } from '../time/time-span.ts'

/** `extensions.http` of host.json, and the limit of a request's body. */
export interface HttpSettings {
  /** Without slashes at its ends; empty for none. */
  readonly routePrefix: string
  /** Most requests that run or wait; more are answered 429. */
  readonly maxOutstandingRequests: number
  /** Most requests that run at once; the others wait. */
  readonly maxConcurrentRequests: number
  /** Added to every answer that does not have them. */
  readonly customHeaders: Readonly<Record<string, string>>
  readonly hsts: HstsSettings | undefined
  /** Largest body of a request, bytes. */
  readonly maxBodyBytes: number
}

/** What browsers are told about coming back over TLS only. */
export interface HstsSettings {
  /** The header's value. */
  readonly value: string
  /** Hosts that are not told, in lower case. */
  readonly excludedHosts: readonly string[]
}

const defaultMaxBodyBytes = 104_857_600
const dayMs = 86_400_000

/** Reads them. @throws HostError naming file and property */
export function readHttpSettings(
  host: JsonSection,
  settings: Readonly<Record<string, string | undefined>>,
): HttpSettings {
  const http = host.section('extensions').section('http')
  // Whether the machine is overloaded is known in Azure alone; locally the real host throttles nobody either.
  http.flag('dynamicThrottlesEnabled')
  return {
    routePrefix: (http.text('routePrefix') ?? 'api').replaceAll(/^\/+|\/+$/g, ''),
    maxOutstandingRequests: limitOf(http, 'maxOutstandingRequests'),
    maxConcurrentRequests: limitOf(http, 'maxConcurrentRequests'),
    customHeaders: readHeaders(http),
    hsts: readHsts(http.section('hsts')),
    maxBodyBytes: bodyLimitOf(settings['FUNCTIONS_REQUEST_BODY_SIZE_LIMIT']),
  }
}

/** -1 means no limit. */
function limitOf(http: JsonSection, name: string): number {
  const limit = http.wholeNumber(name, { least: -1 }) ?? -1
  if (limit === 0)
    throw new HostError(`${http.place(name)} is 0, so that no request could run. Use -1 for no limit.`)
  return limit === -1 ? Number.POSITIVE_INFINITY : limit
}

function bodyLimitOf(text: string | undefined): number {
  if (text === undefined || text === '') return defaultMaxBodyBytes
  if (/^\d+$/.test(text)) return Number(text)
  throw new HostError(
    `The setting FUNCTIONS_REQUEST_BODY_SIZE_LIMIT is "${text}"; it must be a number of bytes.`,
  )
}

/** Whatever cannot be a header would fail every request. */
function readHeaders(http: JsonSection): Readonly<Record<string, string>> {
  const headers = http.textMap('customHeaders')
  for (const [name, value] of Object.entries(headers)) {
    try {
      validateHeaderName(name)
      validateHeaderValue(name, value)
    } catch (error) {
      throw new HostError(
        `${http.place('customHeaders')}: ${JSON.stringify(name)} cannot be a header: ${(error as Error).message}.`,
      )
    }
  }
  return headers
}

function readHsts(hsts: JsonSection): HstsSettings | undefined {
  if (!hsts.flag('isEnabled')) return undefined
  const maxAgeMs = readMaxAge(hsts)
  const value = [
    `max-age=${Math.round(maxAgeMs / 1000)}`,
    ...(hsts.flag('includeSubDomains') ? ['includeSubDomains'] : []),
    ...(hsts.flag('preload') ? ['preload'] : []),
  ].join('; ')
  const excludedHosts = hsts.texts('excludedHosts') ?? ['localhost', '127.0.0.1', '[::1]']
  return { value, excludedHosts: excludedHosts.map((name) => name.toLowerCase()) }
}

/** A time span; a number alone is days, as .NET reads it. */
function readMaxAge(hsts: JsonSection): number {
  const text = String(hsts.get('maxAge') ?? '30')
  return /^\d+$/.test(text) ? Number(text) * dayMs : parseTimeSpan(text, hsts.place('maxAge'))
}
