import { effectiveKey } from '../../partition/effective-key.ts'
import type { KeyPart, PartitionKeyDefinition } from '../../partition/partition-key.ts'
import type { KeyConstraint } from '../access-path/key-constraints.ts'

/** A part of the hash space that a query has to look at. */
export interface QueryRange {
  min: string
  max: string
  isMinInclusive: boolean
  isMaxInclusive: boolean
}

const everything: QueryRange = { min: '', max: 'FF', isMinInclusive: true, isMaxInclusive: false }
const nothing: QueryRange = { min: '', max: '', isMinInclusive: true, isMaxInclusive: true }

/** The ranges of the hash space in which the documents of a query can be, sorted, without overlap. */
export function queryRanges(
  constraints: readonly KeyConstraint[],
  definition: PartitionKeyDefinition,
): QueryRange[] {
  if (constraints.length === 0) return [nothing]
  const ranges = new Map<string, QueryRange>()
  for (const constraint of constraints) {
    const range = rangeOf(constraint, definition)
    if (range === everything) return [everything]
    ranges.set(range.min, widest(range, ranges.get(range.min)))
  }
  return withoutInner([...ranges.values()].toSorted((a, b) => (a.min < b.min ? -1 : 1)))
}

/** Whether a query asks one partition key alone: nothing has to be merged. */
export function isSingleKey(ranges: readonly QueryRange[]): boolean {
  const [range, ...others] = ranges
  return range !== undefined && others.length === 0 && range.isMaxInclusive
}

function rangeOf(constraint: KeyConstraint, definition: PartitionKeyDefinition): QueryRange {
  const levels = definition.paths.length
  const known: KeyPart[] = []
  while (known.length < levels && constraint.has(known.length)) known.push(constraint.get(known.length))
  if (known.length === levels) {
    const key = effectiveKey(known, definition)
    return { min: key, max: key, isMinInclusive: true, isMaxInclusive: true }
  }
  // Only in a hierarchy do keys with a common beginning lie together.
  if (known.length === 0 || definition.kind !== 'MultiHash') return everything
  const prefix = effectiveKey(known, definition)
  return { min: prefix, max: `${prefix}FF`, isMinInclusive: true, isMaxInclusive: false }
}

function widest(range: QueryRange, other: QueryRange | undefined): QueryRange {
  return other && other.max > range.max ? other : range
}

function withoutInner(sorted: readonly QueryRange[]): QueryRange[] {
  const kept: QueryRange[] = []
  for (const range of sorted) {
    const last = kept.at(-1)
    if (!last || range.min > last.max) kept.push(range)
  }
  return kept
}
