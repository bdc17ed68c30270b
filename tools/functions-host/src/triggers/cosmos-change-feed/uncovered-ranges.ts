import type { HashRange } from './lease-document.ts'

/**
 * The ranges that no lease speaks of, not even in part: of a container that was split after its leases were made, the parent's
 * lease still knows how far it was read, and its owner passes that on to the children.
 */
export function uncoveredRanges<Range extends HashRange>(
  ranges: readonly Range[],
  leased: readonly HashRange[],
): Range[] {
  return ranges.filter((range) => !leased.some((other) => range.min < other.max && other.min < range.max))
}
