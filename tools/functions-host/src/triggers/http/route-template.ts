import { HostError } from '../../errors.ts'
import type { RouteConstraint } from './route-constraint.ts'
import { parseConstraint } from './route-constraint.ts'

/** A parameter of a route template: `{name}`, `{name?}`, `{name=default}`, `{*rest}`, each with constraints. */
export interface RouteParameter {
  readonly name: string
  readonly isCatchAll: boolean
  readonly isOptional: boolean
  readonly defaultValue: string | undefined
  readonly constraints: readonly RouteConstraint[]
}

/** What stands between two slashes of a template: text and parameters. */
export type RouteSegment = readonly (string | RouteParameter)[]

/** Reads an ASP.NET route template such as `v1/jobs/{jobId:guid}/{*rest}`. @throws HostError naming what is wrong with it */
export function parseTemplate(template: string): readonly RouteSegment[] {
  const fail = (reason: string): never => {
    throw new HostError(`The route "${template}" cannot be read: ${reason}.`)
  }
  const names = new Set<string>()
  const trimmed = template.replace(/^~?\//, '')
  const segments = trimmed === '' ? [] : splitSegments(trimmed.replace(/\/$/, ''), fail)
  return segments.map((parts, index) => {
    const segment = parts.map((part) =>
      typeof part === 'string' ? part : parseParameter(part.inside, template, fail),
    )
    checkSegment(segment, index === segments.length - 1, fail)
    for (const part of segment) {
      if (typeof part === 'string') continue
      if (names.has(part.name.toLowerCase())) fail(`the parameter "${part.name}" stands in it twice`)
      names.add(part.name.toLowerCase())
    }
    return segment
  })
}

type Fail = (reason: string) => never

/** Parts of each segment, with what is inside of the braces of a parameter. Doubled braces are braces. */
function splitSegments(template: string, fail: Fail): (string | { inside: string })[][] {
  const segments: (string | { inside: string })[][] = [[]]
  for (let index = 0; index < template.length;) {
    const segment = segments.at(-1) ?? []
    const rest = template.slice(index)
    const parameter = /^\{((?:[^{}]|\{\{|\}\})+)\}(?!\})/.exec(rest)
    const literal = /^(?:[^{}/]|\{\{|\}\})+/.exec(rest)
    if (rest.startsWith('/')) {
      if (segment.length === 0) fail('a slash must not follow another')
      segments.push([])
      index += 1
    } else if (literal) {
      const text = literal[0].replaceAll('{{', '{').replaceAll('}}', '}')
      if (text.includes('?')) fail('a question mark may stand in a parameter alone')
      segment.push(text)
      index += literal[0].length
    } else if (parameter?.[1] !== undefined) {
      segment.push({ inside: parameter[1].replaceAll('{{', '{').replaceAll('}}', '}') })
      index += parameter[0].length
    } else {
      fail(`its braces do not match in "${rest}"; inside of a parameter each brace is written twice`)
    }
  }
  return segments
}

function parseParameter(inside: string, template: string, fail: Fail): RouteParameter {
  const [, stars = '', body = ''] = /^(\*{0,2})([^]*)$/.exec(inside) ?? []
  const isOptional = body.endsWith('?')
  const text = isOptional ? body.slice(0, -1) : body
  const name = /^.[^:=]*/s.exec(text)?.[0] ?? ''
  const { constraints, rest } = splitConstraints(text.slice(name.length))
  const defaultValue = rest.startsWith('=') ? rest.slice(1) : undefined
  if (name === '' || /[/{}?*]/.test(name)) fail(`{${inside}} has no name that a parameter may have`)
  if (stars && isOptional) fail(`{${inside}} takes the rest of the path, so that it cannot be optional`)
  if (isOptional && defaultValue !== undefined) fail(`{${inside}} is optional and has a default value`)
  return {
    name,
    isCatchAll: stars !== '',
    isOptional,
    defaultValue,
    constraints: constraints.map((constraint) => parseConstraint(constraint, template)),
  }
}

/** The constraints behind a parameter's name; a colon or an equals sign in parentheses belongs to the argument. */
function splitConstraints(text: string): { constraints: string[]; rest: string } {
  const constraints: string[] = []
  let rest = text
  while (rest.startsWith(':')) {
    const constraint = /^:[^:=(]*\([^]*?\)(?=$|[:=])/.exec(rest)?.[0] ?? /^:[^:=]*/.exec(rest)?.[0] ?? ':'
    if (constraint.length > 1) constraints.push(constraint.slice(1))
    rest = rest.slice(constraint.length)
  }
  return { constraints, rest }
}

function checkSegment(segment: RouteSegment, isLast: boolean, fail: Fail): void {
  for (const [index, part] of segment.entries()) {
    if (typeof part === 'string') continue
    const before = segment[index - 1]
    const isAtEnd = index === segment.length - 1
    if (typeof before === 'object') fail(`text must stand between {${before.name}} and {${part.name}}`)
    if (part.isCatchAll && segment.length > 1) fail(`{*${part.name}} must stand alone between slashes`)
    if (part.isCatchAll && !isLast) fail(`nothing may follow {*${part.name}}`)
    if (part.isOptional && segment.length > 1 && !isAtEnd)
      fail(`{${part.name}?} must stand at the end of its part`)
    if (part.isOptional && index > 0 && before !== '.') fail(`only a period may stand before {${part.name}?}`)
  }
}
