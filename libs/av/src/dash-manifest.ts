import { frameRate } from './packaged-track.ts'
import type { PackagedTrack } from './packaged-track.ts'

/** The manifest of DASH (ISO 23009-1): static, one period, a timeline per track over the same segments as HLS. */
export function writeDashManifest(tracks: readonly PackagedTrack[], durationMs: number): string {
  const videos = tracks
    .filter(({ file }) => file.kind === 'video')
    .toSorted((a, b) => a.averageBps - b.averageBps)
  const audios = tracks.filter(({ file }) => file.kind === 'audio')
  const longest = Math.max(
    ...tracks.flatMap(({ file, segments }) =>
      segments.map(({ durationTicks }) => durationTicks / file.timescale),
    ),
  )
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="urn:mpeg:dash:profile:isoff-live:2011,urn:mpeg:dash:profile:cmaf:2019" type="static" mediaPresentationDuration="${duration(durationMs / 1000)}" maxSegmentDuration="${duration(longest)}" minBufferTime="${duration(Math.min(longest, 4))}">`,
    `  <Period id="1" start="PT0S" duration="${duration(durationMs / 1000)}">`,
    ...adaptationSet('video', videos),
    ...adaptationSet('audio', audios),
    '  </Period>',
    '</MPD>',
    '',
  ].join('\n')
}

function adaptationSet(kind: 'video' | 'audio', tracks: readonly PackagedTrack[]): string[] {
  if (tracks.length === 0) return []
  return [
    `    <AdaptationSet id="${kind === 'video' ? 1 : 2}" contentType="${kind}" mimeType="${kind}/mp4" segmentAlignment="true" startWithSAP="1">`,
    ...tracks.flatMap(representation),
    '    </AdaptationSet>',
  ]
}

function representation(track: PackagedTrack): string[] {
  const { name, file } = track
  const shape =
    file.kind === 'video'
      ? `width="${file.widthPx}" height="${file.heightPx}" sar="1:1" frameRate="${rational(frameRate(track))}"`
      : `audioSamplingRate="${file.sampleRateHz}"`
  return [
    `      <Representation id="${name}" bandwidth="${track.peakBps}" codecs="${file.codecs}" ${shape}>`,
    ...(file.kind === 'audio'
      ? [
          `        <AudioChannelConfiguration schemeIdUri="urn:mpeg:dash:23003:3:audio_channel_configuration:2011" value="${file.channels}"/>`,
        ]
      : []),
    `        <SegmentTemplate timescale="${file.timescale}" startNumber="1" initialization="$RepresentationID$-init.mp4" media="$RepresentationID$-$Number%05d$.m4s">`,
    '          <SegmentTimeline>',
    ...timeline(track),
    '          </SegmentTimeline>',
    '        </SegmentTemplate>',
    '      </Representation>',
  ]
}

/** Runs of segments of equal length that follow one another are one element. */
function timeline({ segments }: PackagedTrack): string[] {
  const runs: { start: number; length: number; count: number }[] = []
  for (const { startTicks, durationTicks } of segments) {
    const last = runs.at(-1)
    if (last && last.length === durationTicks && last.start + last.length * last.count === startTicks)
      last.count += 1
    else runs.push({ start: startTicks, length: durationTicks, count: 1 })
  }
  return runs.map(
    ({ start, length, count }) =>
      `            <S t="${start}" d="${length}"${count > 1 ? ` r="${count - 1}"` : ''}/>`,
  )
}

/** Whole frame rates as such, the others in thousandths. */
function rational(rate: number): string {
  const whole = Math.round(rate)
  if (Math.abs(rate - whole) < 0.001) return String(Math.max(1, whole))
  const ntsc = Math.ceil(rate)
  return Math.abs(rate - (ntsc * 1000) / 1001) < 0.001
    ? `${ntsc * 1000}/1001`
    : `${Math.round(rate * 1000)}/1000`
}

function duration(seconds: number): string {
  return `PT${Number(seconds.toFixed(6))}S`
}
