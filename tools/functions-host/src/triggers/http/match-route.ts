import { decodePath } from '../../server/percent-encoding.ts'
import type { RouteParameter, RouteSegment } from './route-template.ts'
import { parseTemplate } from './route-template.ts'

/** Values of a route's parameters; a part that is not there is absent. */
export type RouteValues = Readonly<Record<string, string>>

/** Matches a path against a route; answers its values, or undefined where it does not match. */
export type RouteMatcher = (path: string) => RouteValues | undefined

/** Compiles an ASP.NET route template. Matching ignores case. @throws HostError naming what is wrong with it */
export function compileRoute(template: string): RouteMatcher {
  const segments = parseTemplate(template)
  const parameters = segments.flat().filter((part) => typeof part === 'object')
  return (path) => {
    const values = matchSegments(segments, decodePath(path).replace(/^\//, ''))
    return values && withDefaults(parameters, values)
  }
}

/** What a path (without its first slash) gives the parameters, before defaults and constraints. */
function matchSegments(segments: readonly RouteSegment[], path: string): Record<string, string> | undefined {
  const values: Record<string, string> = {}
  let rest = path
  for (const segment of segments) {
    const [only] = segment
    const isAlone = segment.length === 1
    if (isAlone && typeof only === 'object' && only.isCatchAll) {
      if (rest.startsWith('/')) return undefined
      if (rest !== '') values[only.name] = rest
      return values
    }
    if (rest === '') {
      const canBeAbsent =
        isAlone && typeof only === 'object' && (only.isOptional || only.defaultValue !== undefined)
      if (!canBeAbsent) return undefined
      continue
    }
    const slash = rest.indexOf('/')
    const text = slash < 0 ? rest : rest.slice(0, slash)
    if (text === '' || !matchSegment(segment, text, values)) return undefined
    rest = slash < 0 ? '' : rest.slice(slash + 1)
  }
  return rest === '' ? values : undefined
}

function matchSegment(segment: RouteSegment, text: string, values: Record<string, string>): boolean {
  const [only] = segment
  if (segment.length === 1 && typeof only === 'string') return text.toLowerCase() === only.toLowerCase()
  if (segment.length === 1 && typeof only === 'object') {
    values[only.name] = text
    return true
  }
  const last = segment.at(-1)
  if (matchParts(segment, text, values)) return true
  // `{name}.{ext?}`: the part behind the period may be missing, and the period with it.
  const mayBeShorter = typeof last === 'object' && last.isOptional && segment.length > 2
  return mayBeShorter && !text.endsWith('.') && matchParts(segment.slice(0, -2), text, values)
}

/** From right to left, each text of the template where it stands last, so that the first parameter takes the most. */
function matchParts(parts: RouteSegment, text: string, values: Record<string, string>): boolean {
  const lower = text.toLowerCase()
  const found: [name: string, value: string][] = []
  let end = text.length
  let waiting: RouteParameter | undefined
  for (const [index, part] of [...parts.entries()].toReversed()) {
    if (typeof part === 'object') {
      waiting = part
      continue
    }
    // A parameter takes one character at least.
    const start = lower.slice(0, waiting ? end - 1 : end).lastIndexOf(part.toLowerCase())
    const isMisplaced = index === parts.length - 1 && start + part.length !== text.length
    if (start < 0 || isMisplaced) return false
    if (waiting) found.push([waiting.name, text.slice(start + part.length, end)])
    waiting = undefined
    end = start
  }
  if (waiting) found.push([waiting.name, text.slice(0, end)])
  if (waiting ? end === 0 : end > 0) return false
  Object.assign(values, Object.fromEntries(found))
  return true
}

/** Adds the defaults of what is absent; undefined where a constraint does not take a value. */
function withDefaults(
  parameters: readonly RouteParameter[],
  values: Record<string, string>,
): RouteValues | undefined {
  for (const { name, defaultValue, isOptional, isCatchAll, constraints } of parameters) {
    const value = values[name] ?? defaultValue
    if (value === undefined && (isOptional || !isCatchAll)) continue
    if (!constraints.every((holds) => holds(value ?? ''))) return undefined
    if (value !== undefined) values[name] = value
  }
  return values
}
