import { badRequest } from '../../errors.ts'
import { areEqual, compareValues, holdsAll, identityOf } from '../compile/values.ts'
import { allOf, anyOf, isInteger, lenient, strict } from './built-in.ts'
import type { BuiltIn, BuiltIns } from './built-in.ts'

/** More than a document can hold. */
const mostElements = 1_000_000

/** Functions of arrays. */
export const arrayFunctions: BuiltIns = {
  ARRAY_CONCAT: strict(2, 1000, (...arrays) =>
    arrays.every((array) => Array.isArray(array)) ? concatenated(arrays) : undefined,
  ),
  ARRAY_CONTAINS: lenient(2, 3, (array, wanted, isPartial = false) => {
    if (!Array.isArray(array) || wanted === undefined || typeof isPartial !== 'boolean') return undefined
    return array.some((item) => (isPartial ? holdsAll(item, wanted) : areEqual(item, wanted)))
  }),
  ARRAY_CONTAINS_ANY: lenient(2, 1000, (array, ...wanted) =>
    Array.isArray(array) ? anyOf(wanted.map((value) => isIn(array, value))) : undefined,
  ),
  ARRAY_CONTAINS_ALL: lenient(2, 1000, (array, ...wanted) =>
    Array.isArray(array) ? allOf(wanted.map((value) => isIn(array, value))) : undefined,
  ),
  ARRAY_LENGTH: strict(1, 1, (array) => (Array.isArray(array) ? array.length : undefined)),
  ARRAY_SLICE: strict(2, 3, (array, start, length) => {
    if (!Array.isArray(array) || !isInteger(start)) return undefined
    const from = start < 0 ? Math.max(0, array.length + start) : start
    if (length === undefined) return array.slice(from)
    return isInteger(length) ? array.slice(from, from + Math.max(0, length)) : undefined
  }),
  ARRAY_SUM: ofNumberArray((numbers) => numbers.reduce((sum, number) => sum + number, 0)),
  ARRAY_AVG: ofNumberArray((numbers) =>
    numbers.length === 0 ? undefined : numbers.reduce((sum, number) => sum + number, 0) / numbers.length,
  ),
  ARRAY_MEDIAN: ofNumberArray((numbers) => {
    const sorted = numbers.toSorted((a, b) => a - b)
    const middle = Math.floor(sorted.length / 2)
    const upper = sorted[middle]
    if (upper === undefined) return undefined
    return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2
  }),
  ARRAY_MIN: ofPrimitiveArray((items) => items.toSorted(compareValues)[0]),
  ARRAY_MAX: ofPrimitiveArray((items) => items.toSorted(compareValues).at(-1)),
  SETINTERSECT: strict(2, 2, (a, b) => {
    if (!Array.isArray(a) || !Array.isArray(b)) return undefined
    const others = new Set(b.map(identityOf))
    return unique(a.filter((item) => others.has(identityOf(item))))
  }),
  SETUNION: strict(2, 2, (a, b) =>
    Array.isArray(a) && Array.isArray(b) ? unique([...(a as unknown[]), ...(b as unknown[])]) : undefined,
  ),
  SETEQUAL: strict(2, 2, (a, b) => {
    if (!Array.isArray(a) || !Array.isArray(b)) return undefined
    const [one, other] = [new Set(a.map(identityOf)), new Set(b.map(identityOf))]
    return one.size === other.size && one.isSubsetOf(other)
  }),
  SETDIFFERENCE: strict(2, 2, (a, b) => {
    if (!Array.isArray(a) || !Array.isArray(b)) return undefined
    const others = new Set(b.map(identityOf))
    return unique(a.filter((item) => !others.has(identityOf(item))))
  }),
}

function concatenated(arrays: readonly unknown[][]): unknown[] {
  const count = arrays.reduce((sum, { length }) => sum + length, 0)
  if (count > mostElements)
    throw badRequest(`The result of ARRAY_CONCAT has more than ${mostElements} elements.`)
  return arrays.flat(1)
}

function isIn(array: readonly unknown[], value: unknown): boolean | undefined {
  return value === undefined ? undefined : array.some((item) => areEqual(item, value))
}

function ofPrimitiveArray(apply: (items: readonly unknown[]) => unknown): BuiltIn {
  return strict(1, 1, (array) =>
    Array.isArray(array) && array.every((item) => typeof item !== 'object' || item === null)
      ? apply(array as unknown[])
      : undefined,
  )
}

function ofNumberArray(apply: (numbers: number[]) => number | undefined): BuiltIn {
  return strict(1, 1, (array) =>
    Array.isArray(array) && array.every((item) => typeof item === 'number') ? apply(array) : undefined,
  )
}

function unique(items: unknown[]): unknown[] {
  return [...new Map(items.map((item) => [identityOf(item), item])).values()]
}
