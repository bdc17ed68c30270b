import { hash } from 'node:crypto'

import { isJsonObject, ownProperty } from '../../json.ts'

/** The place of a value's type in the order of the service: undefined first, objects last. */
export function typeRank(value: unknown): number {
  if (value === undefined) return 0
  if (value === null) return 1
  if (typeof value === 'boolean') return 2
  if (typeof value === 'number') return 3
  if (typeof value === 'string') return 4
  return Array.isArray(value) ? 5 : 6
}

/** The total order of ORDER BY: by type, then by value. */
export function compareValues(a: unknown, b: unknown): number {
  const rank = typeRank(a)
  const difference = rank - typeRank(b)
  if (difference !== 0) return difference
  switch (rank) {
    case 2:
    case 3:
      return Number(a) - Number(b)
    case 4:
      return compareStrings(a as string, b as string)
    case 5:
    case 6:
      return compareStrings(textOf(a as object), textOf(b as object))
    default:
      return 0
  }
}

const texts = new WeakMap<object, string>()

/** The JSON text of an array or an object, made once: a sort asks for it many times. */
function textOf(value: object): string {
  let text = texts.get(value)
  if (text === undefined) texts.set(value, (text = JSON.stringify(value)))
  return text
}

const pieceLength = 256

/** Compares by code points, as the bytes of UTF-8 do, which is the order of the file's indexes too. */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  let at = 0
  // Long texts that begin alike are passed over in pieces, which the engine compares as such.
  while (at + pieceLength <= length && a.slice(at, at + pieceLength) === b.slice(at, at + pieceLength))
    at += pieceLength
  while (at < length && a.charCodeAt(at) === b.charCodeAt(at)) at += 1
  if (at === length) return a.length - b.length
  return codePointRank(a.charCodeAt(at)) - codePointRank(b.charCodeAt(at))
}

function codePointRank(unit: number): number {
  // Surrogates stand for code points above all others.
  if (unit >= 0xe000) return unit - 0x800
  return unit >= 0xd800 ? unit + 0x2000 : unit
}

/** Equality of two defined values: by type and value, deep. */
export function areEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b))
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, index) => areEqual(item, b[index]))
    )
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && areEqual(ownProperty(a, key), ownProperty(b, key)))
  )
}

/** Whether an object holds all properties of another, with equal values: the partial match of ARRAY_CONTAINS. */
export function holdsAll(value: unknown, part: unknown): boolean {
  if (!isJsonObject(value) || !isJsonObject(part)) return areEqual(value, part)
  return Object.keys(part).every(
    (key) => Object.hasOwn(value, key) && areEqual(ownProperty(value, key), part[key]),
  )
}

/** A text that is the same for equal values, whatever the order of their properties: the key of DISTINCT and GROUP BY. */
export function identityOf(value: unknown): string {
  if (value === undefined) return 'undefined'
  if (Array.isArray(value)) return `[${value.map(identityOf).join(',')}]`
  if (!isJsonObject(value)) return JSON.stringify(value)
  const keys = Object.keys(value).toSorted()
  return `{${keys.map((key) => `${JSON.stringify(key)}:${identityOf(value[key])}`).join(',')}}`
}

const longestIdentity = 256

/** The same, short however large the value is: many are kept at a time. */
export function shortIdentityOf(value: unknown): string {
  const identity = identityOf(value)
  return identity.length <= longestIdentity ? identity : hash('sha256', identity, 'base64')
}

/** A number that JSON can hold, else undefined. */
export function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined
}
