import { encodeNumberV1 } from './effective-key.ts'
import type { PartitionKeyDefinition } from './partition-key.ts'

/** A physical partition: a slice of the hash space. */
export interface KeyRange {
  id: string
  minInclusive: string
  maxExclusive: string
}

const largestSinglePartitionThroughput = 10_000
const throughputPerPartition = 6000

/** How many physical partitions a container with this throughput has. */
export function countRanges(throughput: number): number {
  return throughput <= largestSinglePartitionThroughput ? 1 : Math.ceil(throughput / throughputPerPartition)
}

/** The physical partitions of a container: equal slices that cover the whole hash space. */
export function keyRanges(definition: PartitionKeyDefinition, count: number): KeyRange[] {
  const bounds = Array.from({ length: count - 1 }, (_, index) => boundary(definition, (index + 1) / count))
  return Array.from({ length: count }, (_, index) => ({
    id: String(index),
    minInclusive: bounds[index - 1] ?? '',
    maxExclusive: bounds[index] ?? 'FF',
  }))
}

function boundary(definition: PartitionKeyDefinition, share: number): string {
  const isV1 = definition.kind === 'Hash' && definition.version !== 2
  if (isV1) return encodeNumberV1(Math.floor(0xffffffff * share))
  const top = Math.floor(0x40000000 * share)
  return top.toString(16).padStart(8, '0').toUpperCase().padEnd(32, '0')
}
