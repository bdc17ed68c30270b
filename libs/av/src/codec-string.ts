import type { TrackDescription } from './mp4/track-description.ts'

/** How a manifest names a codec (RFC 6381): `avc1.640028`, `mp4a.40.2`. */
export function codecString(track: TrackDescription): string {
  if (track.kind === 'video')
    return `avc1.${track.avcConfiguration.subarray(1, 4).toString('hex').toUpperCase()}`
  return `mp4a.40.${(track.audioConfiguration[0] ?? 0) >> 3}`
}
