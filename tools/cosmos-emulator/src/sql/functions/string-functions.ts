import { badRequest } from '../../errors.ts'
import { allOf, anyOf, isInteger, lenient, ofStrings, strict } from './built-in.ts'
import type { BuiltIn, BuiltIns } from './built-in.ts'
import { isMatch } from './regular-expression.ts'

const longestResult = 4 * 1024 * 1024
const longestReplica = 10_000

/** Functions of strings. */
export const stringFunctions: BuiltIns = {
  CONCAT: strict(2, 1000, (...values) =>
    values.every((value) => typeof value === 'string') ? bounded(values.join('')) : undefined,
  ),
  CONTAINS: search((text, part) => text.includes(part)),
  STARTSWITH: search((text, part) => text.startsWith(part)),
  ENDSWITH: search((text, part) => text.endsWith(part)),
  STRINGEQUALS: search((text, part) => text === part),
  STRING_EQUALS: search((text, part) => text === part),
  INDEX_OF: strict(2, 3, (text, part, from = 0) =>
    typeof text === 'string' && typeof part === 'string' && typeof from === 'number'
      ? text.indexOf(part, from)
      : undefined,
  ),
  LEFT: cut((text, count) => text.slice(0, Math.max(0, count))),
  RIGHT: cut((text, count) => (count <= 0 ? '' : text.slice(-count))),
  LENGTH: ofStrings(1, (text = '') => text.length),
  LOWER: ofStrings(1, (text = '') => text.toLowerCase()),
  UPPER: ofStrings(1, (text = '') => text.toUpperCase()),
  LTRIM: trim((text, characters) => trimStart(text, characters)),
  RTRIM: trim((text, characters) => trimEnd(text, characters)),
  TRIM: trim((text, characters) => trimEnd(trimStart(text, characters), characters)),
  REPLACE: ofStrings(3, (text = '', part = '', by = '') =>
    part === '' ? text : bounded(text.split(part).join(by)),
  ),
  REPLICATE: cut((text, count) =>
    count < 0 || text.length * count > longestReplica ? undefined : text.repeat(count),
  ),
  REVERSE: ofStrings(1, (text = '') => Array.from(text).toReversed().join('')),
  SUBSTRING: strict(3, 3, (text, start, length) => {
    if (typeof text !== 'string' || !isInteger(start) || !isInteger(length)) return undefined
    return start < 0 ? '' : text.slice(start, start + Math.max(0, length))
  }),
  REGEXMATCH: strict(2, 3, (text, pattern, flags = '') =>
    typeof text === 'string' && typeof pattern === 'string' && typeof flags === 'string'
      ? isMatch(text, pattern, flags)
      : undefined,
  ),
  STRINGJOIN: strict(2, 2, (parts, separator) =>
    Array.isArray(parts) && typeof separator === 'string' && parts.every((part) => typeof part === 'string')
      ? joined(parts, separator)
      : undefined,
  ),
  STRINGSPLIT: ofStrings(2, (text = '', separator = '') =>
    separator === '' ? [text] : text.split(separator),
  ),
  CONTAINS_ANY_CI: containsSome(true, (found) => anyOf(found)),
  CONTAINS_ANY_CS: containsSome(false, (found) => anyOf(found)),
  CONTAINS_ALL_CI: containsSome(true, (found) => allOf(found)),
  CONTAINS_ALL_CS: containsSome(false, (found) => allOf(found)),
  LASTINDEXOF: strict(2, 3, (text, part, from) => {
    if (typeof text !== 'string' || typeof part !== 'string') return undefined
    if (from === undefined) return text.lastIndexOf(part)
    // The search goes from this place towards the start: the whole part must lie before it, or on it.
    return isInteger(from) ? text.slice(0, Math.max(0, from + 1)).lastIndexOf(part) : undefined
  }),
  SUBSTRINGBEFORE: split(
    (text, mark) => text.indexOf(mark),
    (text, at) => text.slice(0, at),
  ),
  SUBSTRINGAFTER: split(
    (text, mark) => text.indexOf(mark),
    (text, at, mark) => text.slice(at + mark.length),
  ),
  LASTSUBSTRINGBEFORE: split(
    (text, mark) => text.lastIndexOf(mark),
    (text, at) => text.slice(0, at),
  ),
  LASTSUBSTRINGAFTER: split(
    (text, mark) => text.lastIndexOf(mark),
    (text, at, mark) => text.slice(at + mark.length),
  ),
}

/** CONTAINS for each of several parts; a part that is no string counts as undefined. */
function containsSome(
  ignoresCase: boolean,
  combine: (found: (boolean | undefined)[]) => boolean | undefined,
): BuiltIn {
  const fold = (text: string): string => (ignoresCase ? text.toLowerCase() : text)
  return lenient(2, 1000, (text, ...parts) => {
    if (typeof text !== 'string') return undefined
    const searched = fold(text)
    return combine(
      parts.map((part) => (typeof part === 'string' ? searched.includes(fold(part)) : undefined)),
    )
  })
}

/** What stands to one side of a mark; undefined where the mark is not in the text. */
function split(
  find: (text: string, mark: string) => number,
  cutAt: (text: string, at: number, mark: string) => string,
): BuiltIn {
  return ofStrings(2, (text = '', mark = '') => {
    const at = find(text, mark)
    return at < 0 ? undefined : cutAt(text, at, mark)
  })
}

function search(isFound: (text: string, part: string) => boolean): BuiltIn {
  return strict(2, 3, (text, part, ignoresCase = false) => {
    if (typeof text !== 'string' || typeof part !== 'string') return undefined
    return ignoresCase === true ? isFound(text.toLowerCase(), part.toLowerCase()) : isFound(text, part)
  })
}

function cut(apply: (text: string, count: number) => string | undefined): BuiltIn {
  return strict(2, 2, (text, count) =>
    typeof text === 'string' && isInteger(count) ? apply(text, count) : undefined,
  )
}

function trim(apply: (text: string, characters: string | undefined) => string): BuiltIn {
  return strict(1, 2, (text, characters) => {
    if (typeof text !== 'string' || (characters !== undefined && typeof characters !== 'string'))
      return undefined
    return apply(text, characters)
  })
}

function trimStart(text: string, characters: string | undefined): string {
  if (characters === undefined) return text.trimStart()
  let from = 0
  while (from < text.length && characters.includes(text.charAt(from))) from += 1
  return text.slice(from)
}

function trimEnd(text: string, characters: string | undefined): string {
  if (characters === undefined) return text.trimEnd()
  let to = text.length
  while (to > 0 && characters.includes(text.charAt(to - 1))) to -= 1
  return text.slice(0, to)
}

function joined(parts: readonly string[], separator: string): string {
  const length = parts.reduce((sum, part) => sum + part.length + separator.length, 0)
  // Far more than is allowed is not even put together.
  if (length > 2 * longestResult) throw tooLong()
  return bounded(parts.join(separator))
}

function bounded(text: string): string {
  if (text.length > longestResult) throw tooLong()
  return text
}

function tooLong(): Error {
  return badRequest('The result of a string function is too long.')
}
