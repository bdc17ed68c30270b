import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'

import type { AppSettings } from '../config/app-settings.ts'
import type { HostKeyFile, StoredKey } from './key-store.ts'
import { KeyStore, makeKey } from './key-store.ts'

/** What a request's key opens: everything, functions, the webhook of one extension, or nothing. */
export type KeyScope = 'master' | 'function' | `system:${string}` | 'wrong' | 'none'

/** A set of keys that can be managed: those of one function, or the host's of one kind. */
export type KeySet = 'functionKeys' | 'systemKeys' | { readonly functionName: string }

/** The name by which the master key is managed. */
const masterName = '_master'

/** The keys of one app. They are asked for only where the host is started to do so. */
export class HostKeys {
  readonly isEnforced: boolean
  readonly #store: KeyStore

  /** @throws HostError for files of keys that cannot be read, where keys are enforced */
  constructor(options: { isEnforced: boolean; settings: AppSettings; stateDirectory: string }) {
    this.isEnforced = options.isEnforced
    this.#store = new KeyStore(
      options.settings['FUNCTIONS_SECRETS_PATH'] ?? join(options.stateDirectory, 'keys'),
    )
    if (this.isEnforced) this.#store.readHost()
  }

  /** The system key of an extension, part of the links that it gives away; made when it is first asked for. */
  systemKey(extension: string): string {
    const name = systemKeyName(extension)
    return (
      this.list('systemKeys').find((key) => key.name === name)?.value ?? this.set('systemKeys', name).value
    )
  }

  /** What the key of a request opens: `x-functions-key` first, else `code` of the query. A function's own keys open that one. */
  scopeOf(request: IncomingMessage, functionName?: string): KeyScope {
    const header = request.headers['x-functions-key']
    const query = new URLSearchParams((request.url ?? '').split('?')[1] ?? '')
    const given = typeof header === 'string' ? header : query.get('code')
    if (!given) return 'none'
    const host = this.#store.readHost()
    const isGiven = ({ value }: StoredKey): boolean => isSame(given, value)
    if (isGiven(host.masterKey)) return 'master'
    if (host.functionKeys.some(isGiven)) return 'function'
    if (functionName !== undefined && this.list({ functionName }).some(isGiven)) return 'function'
    const system = host.systemKeys.find(isGiven)
    return system ? `system:${system.name}` : 'wrong'
  }

  /** Whether a request may reach a function. */
  opensFunction(
    request: IncomingMessage,
    target: { readonly name: string; readonly level: string },
  ): boolean {
    const level = target.level.toLowerCase()
    if (!this.isEnforced || level === 'anonymous') return true
    const scope = this.scopeOf(request, target.name)
    return scope === 'master' || (level === 'admin' ? false : scope.split(':')[0] === level)
  }

  /** Whether a request may reach the webhook of an extension. */
  opensWebhook(request: IncomingMessage, extension: string): boolean {
    if (!this.isEnforced) return true
    const scope = this.scopeOf(request)
    return scope === 'master' || scope === `system:${systemKeyName(extension)}`
  }

  /** The keys of a set. */
  list(set: KeySet): readonly StoredKey[] {
    if (typeof set === 'object') return this.#store.readFunction(set.functionName).keys
    return this.#store.readHost()[set]
  }

  /** One key of a set, whatever the case of its name; the master key is `_master` of the host's sets. */
  find(set: KeySet, name: string): StoredKey | undefined {
    if (isMaster(set, name)) return { ...this.#store.readHost().masterKey, name: masterName }
    return this.list(set).find((key) => isNamed(key, name))
  }

  /** Makes a key, or gives it another value; without a value, a random one. */
  set(set: KeySet, name: string, value?: string): { value: string; isNew: boolean } {
    const key = makeKey(name, value)
    if (isMaster(set, name)) {
      this.#store.writeHost({ ...this.#store.readHost(), masterKey: { ...key, name: 'master' } })
      // So does the real host say: a value that it has chosen is a new key.
      return { value: key.value, isNew: value === undefined }
    }
    const isNew = this.find(set, name) === undefined
    this.#write(set, [...this.list(set).filter((other) => !isNamed(other, name)), key])
    return { value: key.value, isNew }
  }

  /** Takes a key away. @returns whether it was there */
  delete(set: KeySet, name: string): boolean {
    const keys = this.list(set)
    const left = keys.filter((key) => !isNamed(key, name))
    if (left.length === keys.length) return false
    this.#write(set, left)
    return true
  }

  #write(set: KeySet, keys: readonly StoredKey[]): void {
    if (typeof set === 'object') this.#store.writeFunction(set.functionName, { keys })
    else this.#store.writeHost({ ...this.#store.readHost(), [set]: keys } as HostKeyFile)
  }
}

function systemKeyName(extension: string): string {
  return `${extension}_extension`
}

function isMaster(set: KeySet, name: string): boolean {
  return typeof set === 'string' && name.toLowerCase() === masterName
}

function isNamed(key: StoredKey, name: string): boolean {
  return key.name.toLowerCase() === name.toLowerCase()
}

function isSame(a: string, b: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(a), hash(b))
}
