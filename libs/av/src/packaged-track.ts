import type { Segment } from './group-segments.ts'
import type { TrackFile } from './mp4/track-file.ts'

/** A track with its segments, as manifests describe it. */
export interface PackagedTrack {
  readonly name: string
  readonly file: TrackFile
  readonly segments: readonly Segment[]
  readonly averageBps: number
  readonly peakBps: number
}

/** Name of a track's initialisation segment. */
export function initName(track: string): string {
  return `${track}-init.mp4`
}

/** Name of a track's segment; the first has number 1. */
export function segmentName(track: string, number: number): string {
  return `${track}-${String(number).padStart(5, '0')}.m4s`
}

/** Average frames per second. */
export function frameRate({ file }: PackagedTrack): number {
  const frames = file.fragments.reduce((sum, { samples }) => sum + samples, 0)
  const ticks = file.fragments.reduce((sum, { durationTicks }) => sum + durationTicks, 0)
  return (frames * file.timescale) / Math.max(1, ticks)
}
