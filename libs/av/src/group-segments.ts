import type { FragmentEntry } from './mp4/track-file.ts'

/** Fragments that are served together, as one file. */
export interface Segment {
  readonly startTicks: number
  readonly durationTicks: number
  readonly sizeBytes: number
  readonly fragments: readonly FragmentEntry[]
}

/** Ticks between the boundaries at which segments begin. */
export interface SegmentGrid {
  readonly timescale: number
  readonly segmentSeconds: number
}

/**
 * Groups fragments into segments that begin at the first fragment after each multiple of the segment length. Tracks whose
 * fragments stand at the same times get the same segments.
 */
export function groupSegments(fragments: readonly FragmentEntry[], grid: SegmentGrid): Segment[] {
  const ticks = grid.segmentSeconds * grid.timescale
  // A fragment of sound begins up to one access unit after the boundary that it belongs to, never before it.
  const groups = Map.groupBy(fragments, ({ startTicks }) => Math.floor(startTicks / ticks))
  return [...groups.values()].map((group) => ({
    startTicks: group[0]?.startTicks ?? 0,
    durationTicks: group.reduce((sum, { durationTicks }) => sum + durationTicks, 0),
    sizeBytes: group.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    fragments: group,
  }))
}
