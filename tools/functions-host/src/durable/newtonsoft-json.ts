import { writeNumber, writeString } from './newtonsoft-text.ts'

const maxDepth = 1_000

/** Text that .NET's JSON library does not read; the message is in its words where these were recorded. */
export class JsonTextError extends Error {
  /** The text ended in the middle of a value. */
  readonly isCutOff: boolean

  constructor(message: string, isCutOff = false) {
    super(message)
    this.isCutOff = isCutOff
  }
}

/** A value that was read, as compact JSON text, and what follows it. */
export interface JsonText {
  readonly text: string
  /** Position of the first character after the value that is no blank and no comment; undefined: nothing follows. */
  readonly followedAt: number | undefined
}

/**
 * Reads the first value of a text as .NET's JSON library does, which is what clients of Azure rely on: single quotes, names without
 * quotes and comments are taken, and numbers keep their spelling (`1.0`).
 * @throws JsonTextError
 */
export function readJsonText(source: string): JsonText {
  return new Reader(source).read()
}

class Reader {
  readonly #source: string
  readonly #path: (string | number)[] = []
  #at = 0

  constructor(source: string) {
    this.#source = source
  }

  read(): JsonText {
    this.#skip()
    if (this.#at >= this.#source.length)
      throw new JsonTextError("Error reading JToken from JsonReader. Path '', line 0, position 0.", true)
    const text = this.#value()
    this.#skip()
    return { text, followedAt: this.#at < this.#source.length ? this.#at : undefined }
  }

  get #next(): string {
    const next = this.#source[this.#at]
    if (next === undefined) throw this.#cutOff()
    return next
  }

  #value(): string {
    this.#skip()
    switch (this.#next) {
      case '{':
        return this.#container('{', '}', () => this.#member())
      case '[':
        return this.#container('[', ']', (index) => this.#within(index, () => this.#value()))
      case '"':
      case "'":
        return writeString(this.#quoted())
      default:
        return this.#literal()
    }
  }

  #container(open: string, close: string, readPart: (index: number) => string): string {
    const parts: string[] = []
    this.#at += 1
    for (;;) {
      this.#skip()
      if (this.#next === close) break
      parts.push(readPart(parts.length))
      this.#skip()
      if (this.#next === ',') this.#at += 1
      else if (this.#next !== close)
        throw this.#unexpected('After parsing a value an unexpected character was encountered')
    }
    this.#at += 1
    return `${open}${parts.join(',')}${close}`
  }

  #member(): string {
    const isQuoted = this.#next === '"' || this.#next === "'"
    const name = isQuoted ? this.#quoted() : this.#take(/[\w$]+/y)
    if (name === undefined) throw this.#unexpected('Invalid property identifier character')
    this.#skip()
    return this.#within(name, () => {
      if (this.#next !== ':')
        throw this.#unexpected("Invalid character after parsing property name. Expected ':' but got")
      this.#at += 1
      return `${writeString(name)}:${this.#value()}`
    })
  }

  #quoted(): string {
    const quote = this.#next
    const inner = this.#take(quote === '"' ? /"[^"\\]*(?:\\[^][^"\\]*)*"/y : /'[^'\\]*(?:\\[^][^'\\]*)*'/y)
    if (inner === undefined) throw this.#cutOff()
    const bare = inner
      .slice(1, -1)
      .replace(/\\'/g, "'")
      .replace(/\\[^]|"/g, (found) => (found === '"' ? '\\"' : found))
      // Control characters may stand in a string as they are.
      // oxlint-disable-next-line no-control-regex -- they are what is looked for
      .replace(/[\u0000-\u001f]/g, (found) => JSON.stringify(found).slice(1, -1))
    try {
      return JSON.parse(`"${bare}"`) as string
    } catch {
      throw new JsonTextError(`Bad JSON escape sequence. ${this.#where()}`)
    }
  }

  #literal(): string {
    const number = this.#take(/-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])/y)
    if (number !== undefined) return writeNumber(number)
    const word = this.#take(/(?:true|false|null|undefined|-?Infinity|NaN)(?!\w)/y)
    if (word === undefined) throw this.#unexpected('Unexpected character encountered while parsing value')
    if (word === 'undefined') return 'null'
    return /^[tfn]/.test(word) ? word : JSON.stringify(word)
  }

  #within<T>(step: string | number, read: () => T): T {
    this.#path.push(step)
    if (this.#path.length > maxDepth)
      throw new JsonTextError(`The reader's MaxDepth of ${maxDepth} has been exceeded. ${this.#where()}`)
    const value = read()
    this.#path.pop()
    return value
  }

  #skip(): void {
    this.#take(/(?:\s|\uFEFF|\/\*[^]*?\*\/|\/\/[^\n]*)+/y)
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#source)?.[0]
    this.#at += found?.length ?? 0
    return found
  }

  #where(): string {
    const path = this.#path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('')
    const before = this.#source.slice(0, this.#at).split('\n')
    const isAtStart = this.#at === 0
    return `Path '${path.replace(/^\./, '')}', line ${isAtStart ? 0 : before.length}, position ${before.at(-1)?.length ?? 0}.`
  }

  #cutOff(): JsonTextError {
    const kind = typeof this.#path.at(-1) === 'number' ? 'JArray' : 'JObject'
    return new JsonTextError(`Unexpected end of content while loading ${kind}. ${this.#where()}`, true)
  }

  #unexpected(what: string): JsonTextError {
    return new JsonTextError(`${what}: ${this.#next}. ${this.#where()}`)
  }
}
