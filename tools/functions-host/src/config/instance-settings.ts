import { HostError } from '../errors.ts'
import type { AppSettings } from './app-settings.ts'

/** How many instances of an app run at least and at most: the same number for a fixed one. */
export interface InstanceRange {
  readonly least: number
  readonly most: number
}

/** How an app is spread over instances: copies of its code, each in worker processes of its own. */
export interface InstanceSettings extends InstanceRange {
  /** How long there has been less to do before instances end, ms. */
  readonly idleMs: number
  /** How long an instance may leave a question of the host unanswered before it is taken for hung, ms. */
  readonly hangMs: number
  /** Requests that one instance is meant to have at once, before another one starts. */
  readonly httpConcurrency: number
}

/** More on one machine would only get in each other's way. */
const mostInstances = 100
const longestSeconds = 24 * 3600

/** Reads `3`, or `0-5` for as many as there is work for. @throws HostError naming `where` it stands */
export function parseInstanceRange(text: string, where: string): InstanceRange {
  const [, first = '', second = first] = /^\s*(\d+)\s*(?:-\s*(\d+))?\s*$/.exec(text) ?? []
  const [least, most] = [Number(first), Number(second)]
  if (first === '' || most < 1 || most > mostInstances || least > most)
    throw new HostError(
      `${where} is "${text}": use a number from 1 to ${mostInstances}, such as 3, or the least and the most, such as 0-5.`,
    )
  return { least, most }
}

/** Reads a time in seconds, ms. @throws HostError naming `where` it stands */
export function parseSecondsAsMs(text: string, where: string): number {
  const seconds = Number(text)
  if (text.trim() !== '' && seconds > 0 && seconds <= longestSeconds) return seconds * 1000
  throw new HostError(`${where} is "${text}": use seconds, above 0 and up to ${longestSeconds}, such as 30.`)
}

/** Reads them from the settings of an app. @throws HostError naming the setting */
export function readInstanceSettings(settings: AppSettings): InstanceSettings {
  const read = <Value>(
    name: string,
    fallback: string,
    parse: (text: string, where: string) => Value,
  ): Value => parse(settings[name] || fallback, `The setting ${name}`)
  return {
    ...read('FUNCTIONS_HOST_INSTANCES', '1', parseInstanceRange),
    idleMs: read('FUNCTIONS_HOST_IDLE_SECONDS', '30', parseSecondsAsMs),
    hangMs: read('FUNCTIONS_HOST_HANG_SECONDS', '30', parseSecondsAsMs),
    httpConcurrency: read('FUNCTIONS_HTTP_CONCURRENCY', '16', parseConcurrency),
  }
}

function parseConcurrency(text: string, where: string): number {
  const count = Number(text)
  if (Number.isInteger(count) && count >= 1 && count <= 1000) return count
  throw new HostError(`${where} is "${text}": use a whole number from 1 to 1000.`)
}

/** The settings with what whoever starts the app says in their place. @throws HostError for a number of instances that cannot be */
export function withOptions(
  settings: InstanceSettings,
  {
    instances,
    idleMs,
    hangMs,
  }: {
    readonly instances?: number | string
    readonly idleMs?: number
    readonly hangMs?: number
  },
): InstanceSettings {
  return {
    ...settings,
    ...(instances === undefined ? {} : parseInstanceRange(String(instances), 'The number of instances')),
    ...(idleMs === undefined ? {} : { idleMs }),
    ...(hangMs === undefined ? {} : { hangMs }),
  }
}
