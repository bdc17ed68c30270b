import { encodeValue, prefixRange, successor, typeRange } from '../../storage/index-key.ts'
import type { IndexRange } from '../../storage/index-key.ts'
import type { Comparison } from './where-terms.ts'

/** Ranges of encoded values, in order, none touching another. An empty list holds nothing. */
export type ValueRanges = readonly IndexRange[]

/** The one value, encoded. Of an array or an object, its type: equal ones may be written in several ways. */
export function equalTo(value: unknown): ValueRanges {
  if (value === undefined) return []
  return typeof value === 'object' && value !== null ? [typeRange(value)] : [only(encodeValue(value))]
}

/** The values for which a comparison with a constant is true: those of the same type, on one side of it. */
export function comparedTo(operator: Comparison['operator'], value: unknown): ValueRanges {
  if (operator === '=') return equalTo(value)
  // Arrays and objects are neither less nor greater than others.
  if (value === undefined || (typeof value === 'object' && value !== null)) return []
  const [from, to] = typeRange(value)
  const [own, next] = only(encodeValue(value))
  switch (operator) {
    case '<':
      return nonEmpty([from, own])
    case '<=':
      return nonEmpty([from, next])
    case '>':
      return nonEmpty([next, to])
    case '>=':
      return nonEmpty([own, to])
  }
}

/** The strings that begin with a text. */
export function beginningWith(text: unknown): ValueRanges {
  return typeof text === 'string' ? [prefixRange(text)] : []
}

/** What is in either. */
export function union(left: ValueRanges, right: ValueRanges): ValueRanges {
  const sorted = [...left, ...right].sort(([a], [b]) => a.compare(b))
  const merged: IndexRange[] = []
  for (const [from, to] of sorted) {
    const last = merged.at(-1)
    // Neighbours stay apart, so that a single value remains one.
    if (!last || last[1].compare(from) <= 0) merged.push([from, to])
    else if (last[1].compare(to) < 0) merged[merged.length - 1] = [last[0], to]
  }
  return merged
}

/** What is in both. */
export function intersection(left: ValueRanges, right: ValueRanges): ValueRanges {
  const common: IndexRange[] = []
  let [a, b] = [0, 0]
  for (;;) {
    const [one, other] = [left[a], right[b]]
    if (!one || !other) return common
    const from = one[0].compare(other[0]) >= 0 ? one[0] : other[0]
    const to = one[1].compare(other[1]) <= 0 ? one[1] : other[1]
    if (from.compare(to) < 0) common.push([from, to])
    if (one[1].compare(other[1]) <= 0) a += 1
    else b += 1
  }
}

/** Whether a range holds one value alone. */
export function isSingle([from, to]: IndexRange): boolean {
  return from.length > 0 && isComplete(from) && successor(from).equals(to)
}

/** Whether bytes are the whole encoding of a value that is no array and no object. */
function isComplete(bytes: Buffer): boolean {
  const mark = bytes[0] ?? 0
  if (mark === 5) return bytes.length === 9
  return mark === 6 ? bytes.length > 1 && bytes.at(-1) === 0 : bytes.length === 1 && mark < 5
}

function only(key: Buffer): IndexRange {
  return [key, successor(key)]
}

function nonEmpty(range: IndexRange): ValueRanges {
  return range[0].compare(range[1]) < 0 ? [range] : []
}
