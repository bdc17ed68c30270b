import { areEqual, compareValues, holdsAll, identityOf } from '../values.ts'
import { lenient, strict } from './built-in.ts'
import type { BuiltIn, BuiltIns } from './built-in.ts'

/** Functions of arrays. */
export const arrayFunctions: BuiltIns = {
  ARRAY_CONCAT: strict(2, 1000, (...arrays) =>
    arrays.every((array) => Array.isArray(array)) ? arrays.flat(1) : undefined,
  ),
  ARRAY_CONTAINS: lenient(2, 3, (array, wanted, isPartial = false) => {
    if (!Array.isArray(array) || wanted === undefined) return undefined
    return array.some((item) => (isPartial === true ? holdsAll(item, wanted) : areEqual(item, wanted)))
  }),
  ARRAY_CONTAINS_ANY: strict(2, 1000, (array, ...wanted) =>
    Array.isArray(array) ? wanted.some((value) => array.some((item) => areEqual(item, value))) : undefined,
  ),
  ARRAY_CONTAINS_ALL: strict(2, 1000, (array, ...wanted) =>
    Array.isArray(array) ? wanted.every((value) => array.some((item) => areEqual(item, value))) : undefined,
  ),
  ARRAY_LENGTH: strict(1, 1, (array) => (Array.isArray(array) ? array.length : undefined)),
  ARRAY_SLICE: strict(2, 3, (array, start, length) => {
    if (!Array.isArray(array) || typeof start !== 'number') return undefined
    const from = start < 0 ? Math.max(0, array.length + start) : start
    if (length === undefined) return array.slice(from)
    return typeof length === 'number' ? array.slice(from, from + Math.max(0, length)) : undefined
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
  ARRAY_MIN: strict(1, 1, (array) => (Array.isArray(array) ? array.toSorted(compareValues)[0] : undefined)),
  ARRAY_MAX: strict(1, 1, (array) =>
    Array.isArray(array) ? array.toSorted(compareValues).at(-1) : undefined,
  ),
  SETINTERSECT: strict(2, 2, (a, b) => {
    if (!Array.isArray(a) || !Array.isArray(b)) return undefined
    const others = new Set(b.map(identityOf))
    return unique(a.filter((item) => others.has(identityOf(item))))
  }),
  SETUNION: strict(2, 2, (a, b) =>
    Array.isArray(a) && Array.isArray(b) ? unique([...(a as unknown[]), ...(b as unknown[])]) : undefined,
  ),
  SETDIFFERENCE: strict(2, 2, (a, b) => {
    if (!Array.isArray(a) || !Array.isArray(b)) return undefined
    const others = new Set(b.map(identityOf))
    return unique(a.filter((item) => !others.has(identityOf(item))))
  }),
}

function ofNumberArray(apply: (numbers: number[]) => number | undefined): BuiltIn {
  return strict(1, 1, (array) =>
    Array.isArray(array) && array.every((item) => typeof item === 'number') ? apply(array) : undefined,
  )
}

function unique(items: unknown[]): unknown[] {
  return [...new Map(items.map((item) => [identityOf(item), item])).values()]
}
