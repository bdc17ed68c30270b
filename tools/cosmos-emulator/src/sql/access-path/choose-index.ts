import { definedRange, encodeColumn, successor, wholeRange } from '../../storage/index-key.ts'
import type { IndexColumn, IndexRange } from '../../storage/index-key.ts'
import type { IndexSpec } from '../../storage/indexing-policy.ts'
import type { PropertyRanges } from './property-ranges.ts'
import { intersection, isSingle } from './value-ranges.ts'
import { pathOf } from './where-terms.ts'

/** What a query wants of an index. */
export interface Wanted {
  /** Whether it reads one logical partition: then by an index of each, else by one of the whole container. */
  isByPartition: boolean
  conditions: PropertyRanges
  order: readonly IndexColumn[]
  /** Whether documents without the property of the ORDER BY are in the result. */
  keepsUndefined: boolean
}

/** A part of an index that holds every document that can pass. */
export interface Narrowing<T> {
  index: T
  ranges: IndexRange[]
  /** The one key that is looked for, where it is one. */
  key: Buffer | undefined
  /** How many properties with conditions the ranges tell of. */
  toldCount: number
}

/** A part of an index that holds every document that can pass, in the order of the query. */
export interface Ordering<T> {
  index: T
  /** In the order in which they are to be read. */
  ranges: IndexRange[]
  isDescending: boolean
  /** The beginning that all keys share, by properties that are compared with one value each. */
  prefix: Buffer
}

/** The index that leaves the fewest candidates, as far as can be told without looking at them. */
export function chooseNarrowing<T extends { spec: IndexSpec }>(
  indexes: readonly T[],
  wanted: Wanted,
): Narrowing<T> | undefined {
  let best: { score: number; found: Narrowing<T> } | undefined
  for (const index of fitting(indexes, wanted)) {
    const { columns } = index.spec
    const { prefix, count } = equalPrefix(columns, wanted.conditions)
    const next = columns[count]
    const conditions = next && !next.isDescending ? rangesOf(next, wanted.conditions) : undefined
    if (count === 0 && !conditions) continue
    const ranges = conditions
      ? conditions.map(([from, to]): IndexRange => [
          Buffer.concat([prefix, from]),
          Buffer.concat([prefix, to]),
        ])
      : [[prefix, successor(prefix)] as const]
    const score = count * 4 + (conditions ? (conditions.every(isSingle) ? 2 : 1) : 0)
    const key = count === columns.length ? prefix : undefined
    if (!best || score > best.score)
      best = { score, found: { index, ranges, key, toldCount: conditions ? count + 1 : count } }
  }
  return best?.found
}

/** An index whose order is the order of the query, after properties that are compared with one value. */
export function chooseOrdering<T extends { spec: IndexSpec }>(
  indexes: readonly T[],
  wanted: Wanted,
): Ordering<T> | undefined {
  let best: Ordering<T> | undefined
  for (const index of fitting(indexes, wanted)) {
    const found = asOrdering(index, wanted)
    if (found && (!best || found.prefix.length > best.prefix.length)) best = found
  }
  return best
}

function asOrdering<T extends { spec: IndexSpec }>(index: T, wanted: Wanted): Ordering<T> | undefined {
  const { order, conditions, keepsUndefined } = wanted
  const { columns } = index.spec
  const start = columns.length - order.length
  const [first] = order
  if (!first || start < 0) return undefined
  const { isDescending } = first
  // Documents with equal values come in the direction of the first property too, as the service gives them.
  const isInOrder = order.every((key, at) => {
    const column = columns[start + at]
    return (
      column &&
      pathOf(column.path) === pathOf(key.path) &&
      (column.isDescending !== isDescending) === key.isDescending
    )
  })
  const { prefix, count } = equalPrefix(columns.slice(0, start), conditions)
  if (!isInOrder || count < start) return undefined
  const allowed = [keepsUndefined ? wholeRange : definedRange]
  const values = intersection(rangesOf(first, conditions) ?? [wholeRange], allowed)
  const ranges = values.map(([from, to]): IndexRange => [
    Buffer.concat([prefix, from]),
    Buffer.concat([prefix, to]),
  ])
  return { index, ranges: isDescending ? ranges.toReversed() : ranges, isDescending, prefix }
}

function fitting<T extends { spec: IndexSpec }>(indexes: readonly T[], { isByPartition }: Wanted): T[] {
  return indexes.filter(({ spec }) => spec.isByPartition === isByPartition)
}

/** The keys' beginning for the first columns, as far as each is compared with one value. */
function equalPrefix(
  columns: readonly IndexColumn[],
  conditions: PropertyRanges,
): { prefix: Buffer; count: number } {
  const parts: Buffer[] = []
  for (const column of columns) {
    const [range, ...others] = rangesOf(column, conditions) ?? []
    if (!range || others.length > 0 || !isSingle(range)) break
    parts.push(encodeColumn(range[0], column))
  }
  return { prefix: Buffer.concat(parts), count: parts.length }
}

function rangesOf({ path }: IndexColumn, conditions: PropertyRanges): readonly IndexRange[] | undefined {
  return conditions.get(pathOf(path))
}
