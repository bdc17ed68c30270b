import { AppError } from '../errors.ts'

/** An object of a configuration file. Its properties are read by name, whatever the case, and a wrong one is named with its place. */
export class JsonSection {
  readonly #where: string
  /** The object itself. */
  readonly value: Readonly<Record<string, unknown>>

  private constructor(value: Readonly<Record<string, unknown>>, where: string) {
    this.value = value
    this.#where = where
  }

  /** `where` is the file, or the file and the property. Nothing at all is an empty section. @throws AppError for what is no object */
  static of(value: unknown, where: string): JsonSection {
    if (value === undefined || value === null) return new JsonSection({}, where)
    if (typeof value === 'object' && !Array.isArray(value))
      return new JsonSection(value as Readonly<Record<string, unknown>>, where)
    throw new AppError(`${where} must be an object, { ... }, not ${JSON.stringify(value)}.`)
  }

  /** Where a property is, for errors. */
  place(name: string): string {
    return this.#where.includes(': ') ? `${this.#where}.${name}` : `${this.#where}: ${name}`
  }

  /** A property; undefined when it is absent or null. */
  get(name: string): unknown {
    return this.value[this.#spelling(name)] ?? undefined
  }

  section(name: string): JsonSection {
    return JsonSection.of(this.get(name), this.place(name))
  }

  text(name: string): string | undefined {
    const value = this.get(name)
    if (value === undefined || typeof value === 'string') return value
    throw this.#fault(name, 'text in quotes')
  }

  flag(name: string): boolean | undefined {
    const value = this.get(name)
    if (value === undefined || typeof value === 'boolean') return value
    if (/^(true|false)$/i.test(String(value))) return /^true$/i.test(String(value))
    throw this.#fault(name, 'true or false')
  }

  /** A whole number, which may stand in quotes. */
  wholeNumber(name: string, limits: { readonly least: number; readonly most?: number }): number | undefined {
    const value = this.get(name)
    if (value === undefined) return undefined
    const { least, most = Number.MAX_SAFE_INTEGER } = limits
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
    if (Number.isInteger(number) && Number(number) >= least && Number(number) <= most) return Number(number)
    const range = limits.most === undefined ? `of ${least} or more` : `from ${least} to ${most}`
    throw this.#fault(name, `a whole number ${range}`)
  }

  /** A list of texts. */
  texts(name: string): readonly string[] | undefined {
    const value = this.get(name)
    if (value === undefined) return undefined
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value
    throw this.#fault(name, 'a list of texts, ["...", "..."]')
  }

  /** Names and their texts; numbers and truth values are texts too. */
  textMap(name: string): Readonly<Record<string, string>> {
    const section = this.section(name)
    const entries = Object.entries(section.value).filter(([, value]) => value !== null)
    for (const [key, value] of entries)
      if (typeof value === 'object') throw section.#fault(key, 'text in quotes')
    return Object.fromEntries(entries.map(([key, value]) => [key, String(value)]))
  }

  #spelling(name: string): string {
    if (name in this.value) return name
    const lower = name.toLowerCase()
    return Object.keys(this.value).find((key) => key.toLowerCase() === lower) ?? name
  }

  #fault(name: string, expected: string): AppError {
    return new AppError(`${this.place(name)} must be ${expected}, not ${JSON.stringify(this.get(name))}.`)
  }
}
