import type { AccountName, Connection } from '@zoetrope/contracts'
import { err } from '@zoetrope/contracts'

import { appIdentity } from './app-identity.ts'
import type { SettingParser } from './setting-parsers.ts'

/** One setting of an app: its environment variable, how to read it, its default (as text), and one sentence of help. */
export interface Setting<T> {
  readonly name: string
  readonly kind: 'value' | 'connection'
  /** The account that a connection leads to. */
  readonly account?: AccountName
  readonly help: string
  readonly isSecret: boolean
  readonly defaultText?: string
  /** Reads the value; throws a text that says what is wrong. */
  read(env: Readonly<Record<string, string | undefined>>): T
}

/** The values of a table of settings. */
export type SettingValues<S extends Record<string, Setting<unknown>>> = {
  readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never
}

/** Describes a setting; without a default it must be set. */
export function setting<T>(
  name: string,
  parse: SettingParser<T>,
  options: { readonly help: string; readonly default?: string; readonly isSecret?: boolean },
): Setting<T> {
  return {
    name,
    kind: 'value',
    help: options.help,
    isSecret: options.isSecret ?? false,
    ...(options.default === undefined ? {} : { defaultText: options.default }),
    read(env) {
      const value = env[name] === undefined || env[name] === '' ? options.default : env[name]
      if (value === undefined) return missing(`${name} is not set (${options.help})`)
      try {
        return parse(value)
      } catch (error) {
        return missing(`${name}: ${(error as Error).message}`)
      }
    },
  }
}

/**
 * Describes a connection to an account: `NAME` holds a connection string, or `NAME__<suffix>` the endpoints
 * (`blobServiceUri`, `queueServiceUri`, `accountEndpoint`), `NAME__credential` (`managedidentity`) and `NAME__clientId` the identity, as Functions
 * bindings read them.
 */
export function connection(
  name: string,
  options: { readonly account: AccountName; readonly help: string },
): Setting<Connection> {
  const { account, help } = options
  return {
    name,
    kind: 'connection',
    account,
    help,
    isSecret: true,
    read(env) {
      const connectionString = env[name]
      if (connectionString) return { name, connectionString, endpoints: {} }
      const own = Object.entries(env).filter(([key, value]) => key.startsWith(`${name}__`) && value)
      const parts = Object.fromEntries(own.map(([key, value]) => [key.slice(name.length + 2), value ?? '']))
      const { clientId, credential, ...endpoints } = parts
      if (Object.keys(endpoints).length === 0) return missing(`${name} is not set (${help})`)
      if (credential !== undefined && credential !== 'managedidentity')
        return missing(`${name}__credential: "${credential}" is not "managedidentity"`)
      return {
        name,
        endpoints,
        identity: appIdentity({ ...(credential ? { credential } : {}), ...(clientId ? { clientId } : {}) }),
      }
    },
  }
}

/** Reads all settings; throws once, naming everything that is wrong. @throws SETTINGS_INVALID */
export function loadSettings<S extends Record<string, Setting<unknown>>>(
  settings: S,
  env: Readonly<Record<string, string | undefined>> = process.env,
): SettingValues<S> {
  const faults: string[] = []
  const values: Record<string, unknown> = {}
  for (const [key, descriptor] of Object.entries(settings)) {
    try {
      values[key] = descriptor.read(env)
    } catch (error) {
      faults.push((error as Error).message)
    }
  }
  if (faults.length > 0) throw err('SETTINGS_INVALID', { detail: faults.join('; ') })
  return values as SettingValues<S>
}

/** Says whether a setting has a text. */
export function isSet(name: string): boolean {
  return (process.env[name] ?? '') !== ''
}

function missing(message: string): never {
  // oxlint-disable-next-line zoetrope/catalogued-error -- caught by loadSettings, which collects all faults into one error of the catalogue
  throw new TypeError(message)
}
