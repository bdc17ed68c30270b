import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'

import type { AppSettings } from './app-config.ts'

interface KeyFile {
  readonly masterKey: { readonly value: string }
  readonly functionKeys: readonly { readonly name: string; readonly value: string }[]
  readonly systemKeys: readonly { readonly name: string; readonly value: string }[]
}

/** What a request's key opens: everything, functions, the webhook of one extension, or nothing. */
export type KeyScope = 'master' | 'function' | `system:${string}` | 'wrong' | 'none'

/** The keys of one app. They are asked for only where the host is started to do so. */
export class HostKeys {
  readonly isEnforced: boolean
  readonly #stateDirectory: string
  readonly #secretsPath: string | undefined
  #file: KeyFile | undefined

  constructor(options: { isEnforced: boolean; settings: AppSettings; stateDirectory: string }) {
    this.isEnforced = options.isEnforced
    this.#stateDirectory = options.stateDirectory
    this.#secretsPath = options.settings['FUNCTIONS_SECRETS_PATH']
  }

  /** The system key of an extension, part of the links that it gives away. */
  systemKey(extension: string): string {
    const keys = this.#read()
    return (
      keys.systemKeys.find(({ name }) => name === `${extension}_extension`)?.value ?? keys.masterKey.value
    )
  }

  /** What the key of a request opens: `x-functions-key` first, else `code` of the query. */
  scopeOf(request: IncomingMessage): KeyScope {
    const header = request.headers['x-functions-key']
    const query = new URLSearchParams((request.url ?? '').split('?')[1] ?? '')
    const key = typeof header === 'string' ? header : query.get('code')
    if (!key) return 'none'
    const keys = this.#read()
    if (isSame(key, keys.masterKey.value)) return 'master'
    if (keys.functionKeys.some(({ value }) => isSame(key, value))) return 'function'
    const system = keys.systemKeys.find(({ value }) => isSame(key, value))
    return system ? `system:${system.name}` : 'wrong'
  }

  /** Whether a request may reach a function of this level. */
  opensFunction(request: IncomingMessage, level: string): boolean {
    if (!this.isEnforced || level === 'anonymous') return true
    const scope = this.scopeOf(request)
    return scope === 'master' || (level === 'function' && scope === 'function')
  }

  /** Whether a request may reach the webhook of an extension. */
  opensWebhook(request: IncomingMessage, extension: string): boolean {
    if (!this.isEnforced) return true
    const scope = this.scopeOf(request)
    return scope === 'master' || scope === `system:${extension}_extension`
  }

  /** Read from `host.json` in FUNCTIONS_SECRETS_PATH, as the real host does, else from a file of our own made at the first use. */
  #read(): KeyFile {
    if (this.#file) return this.#file
    const given = this.#secretsPath ? join(this.#secretsPath, 'host.json') : undefined
    const file = given && existsSync(given) ? given : join(this.#stateDirectory, 'keys.json')
    if (!existsSync(file)) {
      mkdirSync(this.#stateDirectory, { recursive: true })
      writeFileSync(file, JSON.stringify(makeKeys(), undefined, 2), { mode: 0o600 })
    }
    this.#file = JSON.parse(readFileSync(file, 'utf8')) as KeyFile
    return this.#file
  }
}

function makeKeys(): KeyFile {
  const key = (): string => randomBytes(40).toString('base64url')
  return {
    masterKey: { value: key() },
    functionKeys: [{ name: 'default', value: key() }],
    systemKeys: ['durabletask', 'eventgrid', 'blobs', 'mcp'].map((extension) => ({
      name: `${extension}_extension`,
      value: key(),
    })),
  }
}

function isSame(a: string, b: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(a), hash(b))
}
