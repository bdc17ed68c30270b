import { frameRate, initName, segmentName } from './packaged-track.ts'
import type { PackagedTrack } from './packaged-track.ts'

/** The playlist of one track (RFC 8216, version 7: fragmented MP4 with a map). */
export function writeMediaPlaylist({ name, file, segments }: PackagedTrack): string {
  const seconds = segments.map(({ durationTicks }) => durationTicks / file.timescale)
  return lines([
    '#EXTM3U',
    '#EXT-X-VERSION:7',
    // §4.3.3.1: each duration, rounded to the nearest integer, is at most the target.
    `#EXT-X-TARGETDURATION:${Math.max(1, ...seconds.map((length) => Math.round(length)))}`,
    '#EXT-X-MEDIA-SEQUENCE:1',
    '#EXT-X-PLAYLIST-TYPE:VOD',
    '#EXT-X-INDEPENDENT-SEGMENTS',
    `#EXT-X-MAP:URI="${initName(name)}"`,
    ...seconds.flatMap((length, index) => [`#EXTINF:${length.toFixed(6)},`, segmentName(name, index + 1)]),
    '#EXT-X-ENDLIST',
  ])
}

/** The playlist of playlists: one variant per rung, lowest first, with the sound as a group of its own. */
export function writeMasterPlaylist(tracks: readonly PackagedTrack[]): string {
  const videos = tracks
    .filter(({ file }) => file.kind === 'video')
    .toSorted((a, b) => a.averageBps - b.averageBps)
  const audio = tracks.find(({ file }) => file.kind === 'audio')
  const head = ['#EXTM3U', '#EXT-X-VERSION:7', '#EXT-X-INDEPENDENT-SEGMENTS']
  if (videos.length === 0 && audio) return lines([...head, ...variant(audio, undefined)])
  const group = audio
    ? [
        `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="Sound",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="${audio.file.channels}",URI="${audio.name}.m3u8"`,
      ]
    : []
  return lines([...head, ...group, ...videos.flatMap((video) => variant(video, audio))])
}

function variant(track: PackagedTrack, audio: PackagedTrack | undefined): string[] {
  const { file } = track
  const attributes = [
    `BANDWIDTH=${track.peakBps + (audio?.peakBps ?? 0)}`,
    `AVERAGE-BANDWIDTH=${track.averageBps + (audio?.averageBps ?? 0)}`,
    `CODECS="${[file.codecs, ...(audio ? [audio.file.codecs] : [])].join(',')}"`,
    ...(file.kind === 'video'
      ? [`RESOLUTION=${file.widthPx}x${file.heightPx}`, `FRAME-RATE=${frameRate(track).toFixed(3)}`]
      : []),
    ...(audio ? ['AUDIO="audio"'] : []),
  ]
  return [`#EXT-X-STREAM-INF:${attributes.join(',')}`, `${track.name}.m3u8`]
}

function lines(texts: readonly string[]): string {
  return `${texts.join('\n')}\n`
}
