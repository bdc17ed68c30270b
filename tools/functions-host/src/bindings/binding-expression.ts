import { HostError } from '../errors.ts'
import type { SystemValues } from './built-in-values.ts'
import { FormattableValue, builtInValues } from './built-in-values.ts'

/** What expressions can name, by name in lower case; `sys` (SystemValues) is always there. Asked for only when there is an expression: a body is parsed for it. */
export type BindingData = () => ReadonlyMap<string, unknown>

/** A text with expressions: `{name}`, `{name.part}`, `{name:format}`. */
export interface BindingTemplate {
  /** First names of its expressions, in lower case, without those that every template knows. */
  readonly parameterNames: readonly string[]
  /** The text with its values. @throws HostError naming the expression that has none */
  bind(data: BindingData): string
  /** As `bind`, but what stands for an expression is up to the caller, who gets its value, its `name.part` and the text before it. */
  bindWith(data: BindingData, write: WriteExpression): string
}

type WriteExpression = (value: string, path: string, before: string) => string

interface Expression {
  readonly path: readonly string[]
  readonly format: string | undefined
  readonly builtIn: ((system: SystemValues) => FormattableValue) | undefined
}

/** `{{` or `}}`, an expression, text, or a brace that has no partner. */
const token = /\{\{|\}\}|\{(?<expression>[^{}]*)\}|[^{}]+|[{}]/g
const identifier = /^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Nd}\p{Pc}\p{Mn}\p{Mc}\p{Cf}]*$/u

/** Reads a template. `{{` and `}}` are braces of the text. @throws HostError saying what is wrong, and where */
export function compileTemplate(text: string): BindingTemplate {
  const parts: (string | Expression)[] = []
  for (const match of text.matchAll(token)) {
    const [run] = match
    const expression = match.groups?.['expression']
    if (expression !== undefined) parts.push(readExpression(text, expression, match.index + 1))
    else if (run === '{' || run === '}')
      throw new HostError(
        `Invalid template '${text}'. Missing ${run === '{' ? 'closing' : 'opening'} bracket at position ${match.index + 1}.`,
      )
    else parts.push(run === '{{' || run === '}}' ? run.charAt(0) : run)
  }
  const bindWith = (data: BindingData, write: WriteExpression): string =>
    parts.reduce<string>(
      (before, part) =>
        before + (typeof part === 'string' ? part : write(evaluate(part, data), part.path.join('.'), before)),
      '',
    )
  return {
    parameterNames: parts.flatMap((part) => {
      const name = typeof part === 'string' || part.builtIn ? undefined : part.path[0]?.toLowerCase()
      return name === undefined || name === 'sys' ? [] : [name]
    }),
    bindWith,
    bind: (data) => bindWith(data, (value) => value),
  }
}

function readExpression(template: string, source: string, position: number): Expression {
  if (source === '')
    throw new HostError(
      `Invalid template '${template}'. The parameter name at position ${position} is empty.`,
    )
  const colon = source.indexOf(':')
  const [name, format] = colon > 0 ? [source.slice(0, colon), source.slice(colon + 1)] : [source, undefined]
  const builtIn = builtInValues[name.toLowerCase()]
  if (builtIn) return { path: [name], format, builtIn }
  const path = name.split('.')
  if (!identifier.test(path[0] ?? '') || path.some((part) => part.trim() === ''))
    throw new HostError(`Invalid template '${template}'. The parameter name '${name}' is invalid.`)
  return { path, format, builtIn }
}

function evaluate({ path, format, builtIn }: Expression, data: BindingData): string {
  const [first = '', ...rest] = path
  const name = first.toLowerCase()
  const values = data()
  if (!values.has(name)) {
    if (builtIn) return builtIn(values.get('sys') as SystemValues).toText(format)
    throw new HostError(
      `No value for named parameter '${first}'. There are: ${[...values.keys()].join(', ')}.`,
    )
  }
  return toText(
    rest.reduce((value, part) => propertyOf(value, part), values.get(name)),
    format,
  )
}

/** A property, whatever the case of its name. */
function propertyOf(value: unknown, name: string): unknown {
  const key =
    typeof value === 'object' && value !== null
      ? Object.keys(value).find((candidate) => candidate.toLowerCase() === name.toLowerCase())
      : undefined
  if (key === undefined) throw new HostError(`Error while accessing '${name}': property doesn't exist.`)
  return (value as Record<string, unknown>)[key]
}

/** A value as .NET writes it; objects and arrays are JSON. */
function toText(value: unknown, format: string | undefined): string {
  if (value === null || value === undefined) return ''
  if (value instanceof FormattableValue) return value.toText(format)
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'object') return JSON.stringify(value)
  if (format) throw new HostError(`A number has no format here: "${format}" cannot be followed.`)
  return String(value as number)
}
