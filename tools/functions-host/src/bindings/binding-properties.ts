import type { AppSettings } from '../config/app-settings.ts'
import { resolveSettings } from '../config/app-config.ts'
import type { ConnectedService } from '../storage/connections.ts'
import { checkConnection } from '../storage/connections.ts'
import { HostError } from '../errors.ts'
import type { Binding } from '../worker/protocol.ts'
import type { BindingTemplate } from './binding-expression.ts'
import { compileTemplate } from './binding-expression.ts'

/** What reads the properties of a binding. */
export interface BindingPropertiesOptions {
  readonly settings: AppSettings
  /** What the trigger gives to expressions, where that is known at start. */
  readonly knownNames: readonly string[] | undefined
  /** Other names that properties may have. Name today -> name then. */
  readonly formerNames?: Readonly<Record<string, string>> | undefined
}

/** The properties of one binding, by name whatever its case, with settings (`%NAME%`) in place. */
export class BindingProperties {
  /** What the binding is, for messages: `blob input "name"`. */
  readonly title: string
  readonly #values: ReadonlyMap<string, unknown>
  readonly #settings: AppSettings
  readonly #knownNames: ReadonlySet<string> | undefined
  readonly #formerNames: Readonly<Record<string, string>>

  constructor(binding: Binding, { settings, knownNames, formerNames = {} }: BindingPropertiesOptions) {
    this.title = `${binding.type} ${binding.direction === 'out' ? 'output' : 'input'} "${binding.name}"`
    this.#values = new Map(Object.entries(binding).map(([name, value]) => [name.toLowerCase(), value]))
    this.#settings = settings
    this.#knownNames = knownNames && new Set(knownNames.map((name) => name.toLowerCase()))
    this.#formerNames = formerNames
  }

  /** Whether a switch is on: true, or 'true' as properties of the library are written. */
  isOn(name: string): boolean {
    return String(this.#value(name)).toLowerCase() === 'true'
  }

  /** A positive whole number; undefined when it is not set, or 0. @throws HostError */
  count(name: string): number | undefined {
    const text = this.text(name)
    const value = Number(text ?? 0)
    if (!Number.isInteger(value) || value < 0)
      throw new HostError(`The ${this.title}: "${name}" is ${text}. Give a whole number, not below 0.`)
    return value === 0 ? undefined : value
  }

  /** A text; undefined when it is not set or empty. @throws HostError naming a setting that is missing */
  text(name: string): string | undefined {
    const value = this.#value(name)
    if (value === undefined || value === null || value === '') return undefined
    return resolveSettings(String(value as string), this.#settings, `The ${this.title}, "${name}"`)
  }

  /** A text that must be there. @throws HostError naming it */
  requiredText(name: string): string {
    const text = this.text(name)
    if (text === undefined) throw new HostError(`The ${this.title} has no "${name}". Give it one.`)
    return text
  }

  /** The name of its connection. @throws HostError when that leads nowhere */
  connection(service: ConnectedService): string {
    const name = this.text('connection') ?? (service === 'cosmos' ? 'CosmosDB' : 'Storage')
    this.#reported('connection', () => checkConnection(this.#settings, name, service))
    return name
  }

  /** A text with expressions; undefined when it is not set. @throws HostError for an expression that cannot be read or never has a value */
  template(name: string): BindingTemplate | undefined {
    const text = this.text(name)
    return text === undefined ? undefined : this.#compile(name, text)
  }

  /** A text with expressions that must be there. @throws HostError as `template`, and naming it when it is not there */
  requiredTemplate(name: string): BindingTemplate {
    return this.#compile(name, this.requiredText(name))
  }

  #value(name: string): unknown {
    const former = this.#formerNames[name]?.toLowerCase() ?? ''
    return this.#values.get(name.toLowerCase()) ?? this.#values.get(former)
  }

  #compile(name: string, text: string): BindingTemplate {
    const template = this.#reported(name, () => compileTemplate(text))
    const known = this.#knownNames
    const unknown = known && template.parameterNames.find((parameter) => !known.has(parameter))
    if (unknown !== undefined) {
      const names = [...(known ?? []), 'sys', 'datetime', 'rand-guid'].map((each) => `{${each}}`)
      throw new HostError(
        `The ${this.title}, "${name}": "${text}" asks for {${unknown}}, which its trigger does not give. There are ${names.join(', ')}.`,
      )
    }
    return {
      ...template,
      bind: (data) => this.#reported(name, () => template.bind(data)),
      bindWith: (data, write) => this.#reported(name, () => template.bindWith(data, write)),
    }
  }

  /** Names the property in errors about its text. */
  #reported<Result>(name: string, action: () => Result): Result {
    try {
      return action()
    } catch (error) {
      if (!(error instanceof HostError)) throw error
      throw new HostError(`"${name}" of the ${this.title}: ${error.message}`)
    }
  }
}
