import { badRequest } from '../errors.ts'
import { encodeNumberV1 } from './effective-key.ts'
import type { PartitionKeyDefinition } from './partition-key.ts'

/** A physical partition: a slice of the hash space. `parents` are the ranges that it was split from, the oldest first. */
export interface KeyRange {
  id: string
  minInclusive: string
  maxExclusive: string
  parents: readonly string[]
}

/** The most request units per second that one physical partition can serve. */
export const largestRangeThroughput = 10_000
const throughputPerPartition = 6000
const hashCount = 2 ** 32
const hexDigitsPerLevel = 32

/** How many physical partitions a new container with this throughput has. */
export function countRanges(throughput: number): number {
  return throughput <= largestRangeThroughput ? 1 : Math.ceil(throughput / throughputPerPartition)
}

/** The physical partitions of a new container: equal slices that cover the whole hash space. */
export function keyRanges(definition: PartitionKeyDefinition, count: number): KeyRange[] {
  const bounds = Array.from({ length: count - 1 }, (_, index) => boundary(definition, (index + 1) / count))
  return Array.from({ length: count }, (_, index) => ({
    id: String(index),
    minInclusive: bounds[index - 1] ?? '',
    maxExclusive: bounds[index] ?? 'FF',
    parents: [],
  }))
}

/** The range that holds this effective partition key. */
export function rangeOf(epk: string, ranges: readonly KeyRange[]): KeyRange | undefined {
  return ranges.find(({ minInclusive, maxExclusive }) => epk >= minInclusive && epk < maxExclusive)
}

/** The id of the next range to be made: ids are given once. */
export function nextRangeId(ranges: readonly KeyRange[]): number {
  return Math.max(...ranges.map(({ id }) => Number(id))) + 1
}

/**
 * All ranges after one of them was split in two, at a place in the hash space or in its middle.
 * @throws ServiceError 400 when the place is not inside the range
 */
export function splitRange(
  ranges: readonly KeyRange[],
  range: KeyRange,
  where: { definition: PartitionKeyDefinition; at: string | undefined },
): KeyRange[] {
  const at = where.at ?? middleOf(range, where.definition)
  const { id, minInclusive, maxExclusive } = range
  if (at <= minInclusive || at >= maxExclusive)
    throw badRequest(
      `The partition key range ${id} cannot be split at '${at}': it holds the keys from '${minInclusive}' to '${maxExclusive}'.`,
    )
  const parents = [...range.parents, id]
  const next = nextRangeId(ranges)
  return ranges.flatMap((held) =>
    held === range
      ? [
          { id: String(next), minInclusive, maxExclusive: at, parents },
          { id: String(next + 1), minInclusive: at, maxExclusive, parents },
        ]
      : [held],
  )
}

/** The range whose turn it is to be split: the first of those that were split least often. */
export function leastSplit(ranges: readonly KeyRange[]): KeyRange | undefined {
  const fewest = Math.min(...ranges.map(({ parents }) => parents.length))
  return ranges.find(({ parents }) => parents.length === fewest)
}

function middleOf({ minInclusive, maxExclusive }: KeyRange, definition: PartitionKeyDefinition): string {
  if (isV1(definition)) {
    const low = minInclusive === '' ? 0 : hashAt(minInclusive)
    const high = maxExclusive === 'FF' ? hashCount : hashAt(maxExclusive)
    return encodeNumberV1(Math.floor((low + high) / 2))
  }
  const digits = Math.max(minInclusive.length, maxExclusive.length, hexDigitsPerLevel)
  const low = BigInt(`0x0${minInclusive.padEnd(digits, '0')}`)
  // Hashes have their two highest bits clear, so the space ends at a quarter of what the digits can hold.
  const high =
    maxExclusive === 'FF' ? 1n << BigInt(digits * 4 - 2) : BigInt(`0x0${maxExclusive.padEnd(digits, '0')}`)
  return ((low + high) / 2n).toString(16).toUpperCase().padStart(digits, '0')
}

function boundary(definition: PartitionKeyDefinition, share: number): string {
  if (isV1(definition)) return encodeNumberV1(Math.floor(0xffffffff * share))
  const top = Math.floor(0x40000000 * share)
  return top.toString(16).padStart(8, '0').toUpperCase().padEnd(hexDigitsPerLevel, '0')
}

function isV1({ kind, version }: PartitionKeyDefinition): boolean {
  return kind === 'Hash' && version !== 2
}

/** The least hash whose encoding is at or after this place. */
function hashAt(epk: string): number {
  let low = 0
  let high = hashCount
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (encodeNumberV1(middle) < epk) low = middle + 1
    else high = middle
  }
  return low
}
