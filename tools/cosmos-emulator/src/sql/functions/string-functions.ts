import { badRequest } from '../../errors.ts'
import { ofStrings, strict } from './built-in.ts'
import type { BuiltIn, BuiltIns } from './built-in.ts'
import { isMatch } from './regular-expression.ts'

const longestResult = 4 * 1024 * 1024

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
  REPLICATE: cut((text, count) => {
    if (count < 0 || !Number.isInteger(count)) return undefined
    if (text.length * count > longestResult) throw badRequest('The result of REPLICATE is too long.')
    return text.repeat(count)
  }),
  REVERSE: ofStrings(1, (text = '') => Array.from(text).toReversed().join('')),
  SUBSTRING: strict(3, 3, (text, start, length) =>
    typeof text === 'string' && typeof start === 'number' && typeof length === 'number'
      ? text.slice(Math.max(0, start), Math.max(0, start) + Math.max(0, length))
      : undefined,
  ),
  REGEXMATCH: strict(2, 3, (text, pattern, flags = '') =>
    typeof text === 'string' && typeof pattern === 'string' && typeof flags === 'string'
      ? isMatch(text, pattern, flags)
      : undefined,
  ),
  STRINGJOIN: strict(2, 2, (parts, separator) =>
    Array.isArray(parts) && typeof separator === 'string' && parts.every((part) => typeof part === 'string')
      ? parts.join(separator)
      : undefined,
  ),
  STRINGSPLIT: ofStrings(2, (text = '', separator = '') => text.split(separator)),
}

function search(isFound: (text: string, part: string) => boolean): BuiltIn {
  return strict(2, 3, (text, part, ignoresCase = false) => {
    if (typeof text !== 'string' || typeof part !== 'string') return undefined
    return ignoresCase === true ? isFound(text.toLowerCase(), part.toLowerCase()) : isFound(text, part)
  })
}

function cut(apply: (text: string, count: number) => string | undefined): BuiltIn {
  return strict(2, 2, (text, count) =>
    typeof text === 'string' && typeof count === 'number' ? apply(text, count) : undefined,
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

function bounded(text: string): string {
  if (text.length > longestResult) throw badRequest('The result of a string function is too long.')
  return text
}
