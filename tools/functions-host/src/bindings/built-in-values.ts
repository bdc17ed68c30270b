import { randomUUID } from 'node:crypto'

import { HostError } from '../errors.ts'
import type { Clock } from '../time/clock.ts'
import { formatDate } from './format-date.ts'

/** A value that knows the formats that an expression can ask for: `{name:format}`. */
export abstract class FormattableValue {
  /** @throws HostError for a format that it does not have */
  abstract toText(format?: string): string
}

/** A time, UTC. Its own format is fit for a blob's name. */
export class TimeValue extends FormattableValue {
  readonly #date: Date

  constructor(date: Date) {
    super()
    this.#date = date
  }

  override toText(format?: string): string {
    return formatDate(this.#date, format || 'yyyy-MM-ddTHH-mm-ssK')
  }
}

/** A GUID, with .NET's formats N, D, B, P and X. */
export class GuidValue extends FormattableValue {
  readonly #text: string

  /** @param text 8-4-4-4-12 hexadecimal digits */
  constructor(text: string) {
    super()
    this.#text = text
  }

  override toText(format?: string): string {
    const digits = this.#text.replaceAll('-', '')
    switch ((format || 'D').toUpperCase()) {
      case 'D':
        return this.#text
      case 'N':
        return digits
      case 'B':
        return `{${this.#text}}`
      case 'P':
        return `(${this.#text})`
      case 'X': {
        const [a, b, c] = this.#text.split('-')
        const bytes = digits.slice(16).match(/../g) ?? []
        return `{0x${a},0x${b},0x${c},{${bytes.map((byte) => `0x${byte}`).join(',')}}}`
      }
      default:
        throw new HostError(`"${format}" is no format of a GUID. There are N, D, B, P and X.`)
    }
  }
}

/** What is under `sys`. */
export interface SystemValues {
  readonly MethodName: string
  readonly UtcNow: TimeValue
  readonly RandGuid: GuidValue
}

/** What stands in every template, unless the trigger gives a value of the same name. By name in lower case. */
export const builtInValues: Readonly<Record<string, (system: SystemValues) => FormattableValue>> = {
  'rand-guid': () => new GuidValue(randomUUID()),
  datetime: ({ UtcNow }) => UtcNow,
}

/** The values under `sys`, made anew each time they are asked for. */
export function systemValues(functionName: string, clock: Clock): SystemValues {
  return {
    MethodName: functionName,
    get UtcNow() {
      return new TimeValue(new Date(clock.now()))
    },
    get RandGuid() {
      return new GuidValue(randomUUID())
    },
  }
}
