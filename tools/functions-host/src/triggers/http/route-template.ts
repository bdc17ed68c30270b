import { HostError, NotImplementedError } from '../../errors.ts'

/** Values of a route's parameters; a part that is not there is absent. */
export type RouteValues = Readonly<Record<string, string>>

/** Matches a path against an ASP.NET route template; answers its values, or undefined where it does not match. */
export type RouteMatcher = (path: string) => RouteValues | undefined

interface Parameter {
  readonly name: string
  readonly isCatchAll: boolean
  readonly isOptional: boolean
  readonly defaultValue: string | undefined
  readonly constraints: readonly ((value: string) => boolean)[]
}

/** Compiles a template such as `v1/jobs/{jobId}/{*rest}`. Matching ignores case. @throws HostError naming what is wrong with it */
export function compileRoute(template: string): RouteMatcher {
  const segments = splitTemplate(template.replace(/^\/+|\/+$/g, ''))
  const parameters: Parameter[] = []
  let pattern = '^'
  for (const [index, segment] of segments.entries()) {
    const only = /^\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}$/.exec(segment)
    const parameter = only?.[1] === undefined ? undefined : parseParameter(only[1], template)
    const slash = index === 0 ? '' : '/'
    if (!parameter) {
      pattern += slash + literalWithParameters(segment, parameters, template)
      continue
    }
    parameters.push(parameter)
    if (parameter.isCatchAll) pattern += index === 0 ? '(.*)' : '(?:/(.*))?'
    else if (parameter.isOptional || parameter.defaultValue !== undefined)
      pattern += index === 0 ? '([^/]+)?' : '(?:/([^/]+))?'
    else pattern += `${slash}([^/]+)`
  }
  const expression = new RegExp(`${pattern}/?$`, 'i')
  return (path) => matchPath(expression, parameters, path.replace(/^\//, '').split('/').map(decode).join('/'))
}

function matchPath(
  expression: RegExp,
  parameters: readonly Parameter[],
  path: string,
): RouteValues | undefined {
  const match = expression.exec(path)
  if (!match) return undefined
  const values: Record<string, string> = {}
  for (const [index, parameter] of parameters.entries()) {
    const raw = match[index + 1]
    const value = raw === undefined || raw === '' ? parameter.defaultValue : raw
    if (value === undefined) {
      if (parameter.isCatchAll || parameter.isOptional) continue
      return undefined
    }
    if (!parameter.constraints.every((holds) => holds(value))) return undefined
    values[parameter.name] = value
  }
  return values
}

/** A segment of text and parameters, such as `file-{id}.json`. */
function literalWithParameters(segment: string, parameters: Parameter[], template: string): string {
  return segment
    .split(/(\{[^{}]*\})/)
    .map((part) => {
      if (!part.startsWith('{')) return part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
      parameters.push(parseParameter(part.slice(1, -1), template))
      return '([^/]+)'
    })
    .join('')
}

function parseParameter(text: string, template: string): Parameter {
  const parts = /^(\*{0,2})([A-Za-z_][\w-]*)((?::[^=?]+(?:\([^)]*\))?)*)(?:=(.*?))?(\?)?$/.exec(text)
  if (!parts) throw new HostError(`The route "${template}" has a parameter that cannot be read: {${text}}.`)
  const [, stars, name = '', constraints = '', defaultValue, optional] = parts
  return {
    name,
    isCatchAll: stars !== '',
    isOptional: optional === '?',
    defaultValue,
    constraints: (constraints.match(/:[a-zA-Z]+(\((?:[^()]|\([^)]*\))*\))?/g) ?? []).map((item) =>
      toConstraint(item.slice(1), template),
    ),
  }
}

const patterns: Readonly<Record<string, RegExp>> = {
  int: /^[+-]?\d+$/,
  long: /^[+-]?\d+$/,
  bool: /^(true|false)$/i,
  decimal: /^[+-]?\d+(\.\d+)?$/,
  double: /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i,
  float: /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i,
  guid: /^\{?[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}\}?$/i,
  alpha: /^[a-z]*$/i,
  required: /^.+$/,
}

function toConstraint(text: string, template: string): (value: string) => boolean {
  const [, name = '', argument] = /^([a-zA-Z]+)(?:\((.*)\))?$/.exec(text) ?? []
  const pattern = patterns[name.toLowerCase()]
  if (pattern) return (value) => pattern.test(value)
  const [low, high] = (argument ?? '').split(',').map(Number)
  switch (name.toLowerCase()) {
    case 'datetime':
      return (value) => !Number.isNaN(Date.parse(value))
    case 'length':
      return (value) => value.length >= (low ?? 0) && value.length <= (high ?? low ?? 0)
    case 'minlength':
      return (value) => value.length >= (low ?? 0)
    case 'maxlength':
      return (value) => value.length <= (low ?? 0)
    case 'min':
      return (value) => patterns['long']?.test(value) === true && Number(value) >= (low ?? 0)
    case 'max':
      return (value) => patterns['long']?.test(value) === true && Number(value) <= (low ?? 0)
    case 'range':
      return (value) =>
        patterns['long']?.test(value) === true && Number(value) >= (low ?? 0) && Number(value) <= (high ?? 0)
    case 'regex': {
      const expression = new RegExp(argument ?? '', 'i')
      return (value) => expression.test(value)
    }
    case 'file':
    case 'nonfile':
      throw new NotImplementedError(`The route constraint "${name}" of "${template}"`)
    default:
      throw new HostError(`The route "${template}" has a constraint that does not exist: "${name}".`)
  }
}

/** Segments of a template; a slash inside of braces does not split. */
function splitTemplate(template: string): string[] {
  const segments: string[] = ['']
  let depth = 0
  for (const character of template) {
    if (character === '{') depth += 1
    if (character === '}') depth -= 1
    if (character === '/' && depth === 0) segments.push('')
    else segments[segments.length - 1] += character
  }
  return segments
}

/** Escapes are decoded, save that of a slash, which would make one part two; broken ones stay as they are. */
function decode(text: string): string {
  try {
    return text
      .split(/(%2f)/i)
      .map((part) => (/^%2f$/i.test(part) ? part : decodeURIComponent(part)))
      .join('')
  } catch {
    return text
  }
}
