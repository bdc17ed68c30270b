import { isJsonObject } from '../../json.ts'
import { lenient, strict } from './built-in.ts'
import type { BuiltIns } from './built-in.ts'

/** Functions that ask for types, convert them, or choose between values. */
export const typeFunctions: BuiltIns = {
  IS_DEFINED: lenient(1, 1, (value) => value !== undefined),
  IS_NULL: lenient(1, 1, (value) => value === null),
  IS_ARRAY: lenient(1, 1, (value) => Array.isArray(value)),
  IS_BOOL: lenient(1, 1, (value) => typeof value === 'boolean'),
  IS_NUMBER: lenient(1, 1, (value) => typeof value === 'number'),
  IS_STRING: lenient(1, 1, (value) => typeof value === 'string'),
  IS_OBJECT: lenient(1, 1, (value) => isJsonObject(value)),
  IS_PRIMITIVE: lenient(
    1,
    1,
    (value) => value === null || ['boolean', 'number', 'string'].includes(typeof value),
  ),
  IS_INTEGER: lenient(1, 1, (value) => Number.isInteger(value)),
  IS_FINITE_NUMBER: lenient(1, 1, (value) => Number.isFinite(value)),
  IIF: {
    fewest: 3,
    most: 3,
    compile:
      ([test, whenTrue, otherwise]) =>
      (row) =>
        test?.(row) === true ? whenTrue?.(row) : otherwise?.(row),
  },
  CHOOSE: lenient(2, 1000, (index, ...choices) =>
    typeof index === 'number' && Number.isInteger(index) && index > 0 ? choices[index - 1] : undefined,
  ),
  COALESCE: lenient(1, 1000, (...values) => values.find((value) => value !== undefined)),
  TOSTRING: strict(1, 1, toText),
  STRINGTONUMBER: strict(1, 1, (text) => parsed(text, (value) => typeof value === 'number')),
  STRINGTOBOOLEAN: strict(1, 1, (text) => parsed(text, (value) => typeof value === 'boolean')),
  STRINGTONULL: strict(1, 1, (text) => parsed(text, (value) => value === null)),
  STRINGTOARRAY: strict(1, 1, (text) => parsed(text, (value) => Array.isArray(value))),
  STRINGTOOBJECT: strict(1, 1, (text) => parsed(text, isJsonObject)),
  DOCUMENTID: strict(1, 1, (document) => {
    const rid = isJsonObject(document) ? document._rid : undefined
    if (typeof rid !== 'string') return undefined
    return Number(Buffer.from(rid.replaceAll('-', '/'), 'base64').readBigUInt64LE(8))
  }),
  OBJECTTOARRAY: strict(1, 3, (object, keyName = 'k', valueName = 'v') => {
    if (!isJsonObject(object) || typeof keyName !== 'string' || typeof valueName !== 'string')
      return undefined
    return Object.entries(object).map(([key, value]) => ({ [keyName]: key, [valueName]: value }))
  }),
}

function toText(value: unknown): string {
  return typeof value === 'object' || typeof value === 'boolean' ? JSON.stringify(value) : String(value)
}

function parsed(text: unknown, isWanted: (value: unknown) => boolean): unknown {
  if (typeof text !== 'string') return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isWanted(value) ? value : undefined
  } catch {
    return undefined
  }
}
