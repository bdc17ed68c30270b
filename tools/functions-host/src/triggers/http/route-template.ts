import { HostError } from '../../errors.ts'
import type { RouteConstraint } from './route-constraint.ts'
import { parseConstraint } from './route-constraint.ts'

/** Values of a route's parameters; a part that is not there is absent. */
export type RouteValues = Readonly<Record<string, string>>

/** Matches a path against an ASP.NET route template; answers its values, or undefined where it does not match. */
export type RouteMatcher = (path: string) => RouteValues | undefined

interface Parameter {
  readonly name: string
  readonly isCatchAll: boolean
  readonly isOptional: boolean
  readonly defaultValue: string | undefined
  readonly constraints: readonly RouteConstraint[]
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
      parseConstraint(item.slice(1), template),
    ),
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
