import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'

import { HostError } from '../errors.ts'

/** One key as the files hold it. */
export interface StoredKey {
  readonly name: string
  readonly value: string
  readonly encrypted: boolean
}

/** The file `host.json` of a folder of keys. What else stands in it stays. */
export interface HostKeyFile {
  readonly masterKey: StoredKey
  readonly functionKeys: readonly StoredKey[]
  readonly systemKeys: readonly StoredKey[]
}

/** The file of one function's keys. */
export interface FunctionKeyFile {
  readonly keys: readonly StoredKey[]
}

/**
 * A folder of keys in the format of the real host with `AzureWebJobsSecretStorageType=files`: `host.json`, and
 * `<function>.json` for each function. A file that is not there is made, with new keys, when it is first asked for.
 */
export class KeyStore {
  readonly #folder: string
  readonly #files = new Map<string, object>()

  constructor(folder: string) {
    this.#folder = folder
  }

  /** @throws HostError for a file that cannot be read */
  readHost(): HostKeyFile {
    return this.#read('host', {
      make: () => ({ masterKey: makeKey('master'), functionKeys: [makeKey('default')], systemKeys: [] }),
      isSound: (file: Partial<HostKeyFile>) =>
        isKey(file.masterKey) && areKeys(file.functionKeys) && areKeys(file.systemKeys),
    })
  }

  /** @throws HostError for a file that cannot be read */
  readFunction(name: string): FunctionKeyFile {
    return this.#read(fileOf(name), {
      make: () => ({ keys: [makeKey('default')] }),
      isSound: (file: Partial<FunctionKeyFile>) => areKeys(file.keys),
    })
  }

  writeHost(file: HostKeyFile): void {
    this.#write('host', file)
  }

  writeFunction(name: string, file: FunctionKeyFile): void {
    this.#write(fileOf(name), file)
  }

  #read<File extends object>(
    name: string,
    kind: { readonly make: () => File; readonly isSound: (file: Partial<File>) => boolean },
  ): File {
    const known = this.#files.get(name.toLowerCase())
    if (known) return known as File
    const path = this.#pathOf(name)
    if (!existsSync(path)) this.#write(name, kind.make())
    const file = parse<File>(path)
    if (!file || !kind.isSound(file))
      throw new HostError(
        `${path} is no file of keys. Each key in it is { "name": "...", "value": "...", "encrypted": false }; delete the file to have a new one made.`,
      )
    this.#files.set(name.toLowerCase(), file)
    return file as File
  }

  /** Whoever reads the file meanwhile sees the old one or the new one, never a part. */
  #write(name: string, file: object): void {
    const path = this.#pathOf(name)
    mkdirSync(this.#folder, { recursive: true })
    const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`
    writeFileSync(draft, JSON.stringify(file, undefined, 2), { mode: 0o600 })
    renameSync(draft, path)
    this.#files.set(name.toLowerCase(), file)
  }

  #pathOf(name: string): string {
    return join(this.#folder, `${basename(name.toLowerCase())}.json`)
  }
}

/** The name of a function's file, beside `host`. */
function fileOf(functionName: string): string {
  return functionName.toLowerCase() === 'host' ? 'host.function' : functionName
}

/** A key; without a value one of 40 random bytes, in characters that a URL takes. */
export function makeKey(name: string, value?: string): StoredKey {
  return { name, value: value ?? `${randomBytes(40).toString('base64url')}==`, encrypted: false }
}

function parse<File>(path: string): Partial<File> | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, '')) as Partial<File>
  } catch {
    return undefined
  }
}

/** Keys that are encrypted are so with a secret of Azure's, and of no use here. */
function isKey(key: unknown): boolean {
  const { name, value, encrypted } = (key ?? {}) as Partial<StoredKey>
  return typeof name === 'string' && typeof value === 'string' && value !== '' && encrypted !== true
}

function areKeys(keys: unknown): boolean {
  return Array.isArray(keys) && keys.every((key) => isKey(key))
}
