import { err } from '@zoetrope/contracts'
import { AV_NOPTS_VALUE, AV_PKT_DATA_SKIP_SAMPLES, AV_PKT_FLAG_DISCARD } from 'node-av/constants'
import { Packet } from 'node-av/lib'

import { FirstFrameFinder, originOf } from './first-frames.ts'
import type { FirstFrames, Instant } from './first-frames.ts'
import type { MediaInput } from './media-input.ts'
import { openSource } from './media-source.ts'
import type { MediaSource } from './media-source.ts'
import { refuseCutOff } from './refuse-cut-off.ts'
import { checkLimits, defaultSourceLimits } from './source-limits.ts'
import type { SourceLimits } from './source-limits.ts'
import { rescaleTicks, ticksToMs } from './time-base.ts'
import { describeTracks } from './track.ts'
import type { AudioTrack, OtherStream, SourceTracks, VideoTrack } from './track.ts'

/** What was measured of one track by reading all its packets. */
export interface TrackExtent {
  /** Start after the earliest track of the source. */
  readonly startMs: number
  readonly durationMs: number
  /** Packets that are presented: frames, for pictures. */
  readonly packets: number
  readonly bitrateBps: number
}

/** What a source holds. */
export interface Probe {
  readonly container: string
  readonly sizeBytes: number
  /** From the first frame of the earliest track to the end of the longest one. */
  readonly durationMs: number
  readonly video?: VideoTrack & TrackExtent
  readonly audio?: AudioTrack & TrackExtent
  readonly others: readonly OtherStream[]
}

/** Options of {@link probe}. */
export interface ProbeOptions {
  readonly limits?: SourceLimits
}

/**
 * Says what a source holds. Durations are measured by reading every packet, not taken from the header; the first frame
 * of each track is decoded, so that what is reported can be decoded.
 *
 * @throws SOURCE_NO_STREAMS SOURCE_CORRUPT SOURCE_CODEC_UNSUPPORTED SOURCE_LIMIT_EXCEEDED and those of opening
 */
export async function probe(input: MediaInput, options: ProbeOptions = {}): Promise<Probe> {
  const limits = options.limits ?? defaultSourceLimits
  using source = await openSource(input)
  const tracks = describeTracks(source.streams)
  if (!tracks.video && !tracks.audio) throw noTracks(tracks)
  if (tracks.video) {
    const { codedWidthPx, codedHeightPx } = tracks.video
    checkLimits({ widthPx: codedWidthPx, heightPx: codedHeightPx, frames: 0, durationMs: 0 }, limits)
  }
  const { first, spans } = readAll(source, tracks, limits)
  if (source.isCut && isShort(source, spans)) throw err('SOURCE_TRUNCATED')
  if (source.statedDurationMs > 0) await refuseCutOff(input, source.statedDurationMs, endMs(spans, tracks))
  const origin = originOf(first)
  if (!origin) throw err('SOURCE_CORRUPT', { detail: 'No frame could be decoded.' })
  const video =
    tracks.video && first.video
      ? withFrameRate(tracks.video, extent(spans, tracks.video, first.video, origin))
      : undefined
  const audio =
    tracks.audio && first.audio
      ? { ...tracks.audio, ...extent(spans, tracks.audio, first.audio, origin) }
      : undefined
  const durationMs = Math.max(
    0,
    ...[video, audio].map((track) => (track ? track.startMs + track.durationMs : 0)),
  )
  checkLimits(
    {
      widthPx: video?.codedWidthPx ?? 0,
      heightPx: video?.codedHeightPx ?? 0,
      frames: video?.packets ?? 0,
      durationMs,
    },
    limits,
  )
  return {
    container: source.container.name,
    sizeBytes: source.sizeBytes,
    durationMs,
    ...(video ? { video } : {}),
    ...(audio ? { audio } : {}),
    others: tracks.others,
  }
}

/** Fewer packets than the index of the file names. */
function isShort(source: MediaSource, spans: ReadonlyMap<number, Span>): boolean {
  return [...spans].some(([index, { read }]) => BigInt(read) < (source.streams[index]?.nbFrames ?? 0n))
}

/** The last instant of the main tracks, on the source's own clock. */
function endMs(spans: ReadonlyMap<number, Span>, { video, audio }: SourceTracks): number {
  const ends = [video, audio].map((track) => {
    const ticks = track ? spans.get(track.index)?.endTicks : undefined
    return track && ticks !== undefined && ticks !== AV_NOPTS_VALUE ? ticksToMs(ticks, track.timeBase) : 0
  })
  return Math.max(...ends)
}

interface Span {
  /** All packets, those included that are not presented. */
  read: number
  endTicks: bigint
  packets: number
  sizeBytes: number
  lastDuration: bigint
}

function readAll(
  source: MediaSource,
  tracks: SourceTracks,
  limits: SourceLimits,
): { first: FirstFrames; spans: Map<number, Span> } {
  const chosen = [tracks.video, tracks.audio].filter((track) => track !== undefined)
  source.select(chosen.map(({ index }) => index))
  const spans = new Map<number, Span>()
  using finder = new FirstFrameFinder(source, tracks)
  using packet = new Packet()
  packet.alloc()
  while (source.read(packet)) {
    if (!finder.isDone) finder.take(packet)
    const time = packet.pts === AV_NOPTS_VALUE ? packet.dts : packet.pts
    const span = spans.get(packet.streamIndex) ?? {
      read: 0,
      endTicks: AV_NOPTS_VALUE,
      packets: 0,
      sizeBytes: 0,
      lastDuration: 0n,
    }
    spans.set(packet.streamIndex, span)
    span.read += 1
    if (packet.hasFlags(AV_PKT_FLAG_DISCARD)) continue
    span.packets += 1
    span.sizeBytes += packet.size
    if (span.packets > limits.maxFrames && packet.streamIndex === tracks.video?.index) break
    if (packet.duration > 0n) span.lastDuration = packet.duration
    const base = time === AV_NOPTS_VALUE ? span.endTicks : time
    if (base === AV_NOPTS_VALUE) continue
    const end = base + heardTicks(packet, span.lastDuration, tracks)
    if (end > span.endTicks) span.endTicks = end
  }
  if (!finder.isDone) finder.take(null)
  return { first: finder.found, spans }
}

/**
 * What encoders add after the last sample, to be cut off again: the packet says so, in samples. Some demuxers have
 * taken it off the packet's duration already, others not: it comes off the frame, whose size is known.
 */
function heardTicks(packet: Packet, durationTicks: bigint, { audio }: SourceTracks): bigint {
  if (packet.streamIndex !== audio?.index) return durationTicks
  const skip = packet.getSideData(AV_PKT_DATA_SKIP_SAMPLES)
  const samples = skip && skip.length >= 8 ? BigInt(skip.readUInt32LE(4)) : 0n
  // Frames of no fixed size are Opus: its demuxers have taken it off.
  if (samples === 0n || audio.frameSamples === 0) return durationTicks
  const left = BigInt(audio.frameSamples) - samples
  const leftTicks = rescaleTicks(left > 0n ? left : 0n, { num: 1, den: audio.sampleRateHz }, audio.timeBase)
  return leftTicks < durationTicks ? leftTicks : durationTicks
}

function extent(
  spans: Map<number, Span>,
  track: VideoTrack | AudioTrack,
  first: Instant,
  origin: Instant,
): TrackExtent {
  const span = spans.get(track.index)
  const ticks = span && span.endTicks > first.ticks ? span.endTicks - first.ticks : 0n
  const durationMs = ticksToMs(ticks, track.timeBase) || estimateMs(track, span?.packets ?? 0)
  return {
    startMs: ticksToMs(first.ticks, track.timeBase) - ticksToMs(origin.ticks, origin.timeBase),
    durationMs,
    packets: span?.packets ?? 0,
    bitrateBps: durationMs > 0 ? Math.round(((span?.sizeBytes ?? 0) * 8000) / durationMs) : 0,
  }
}

/** Headers of variable-rate films often name a tick rate as frame rate: what was counted is better then. */
function withFrameRate(track: VideoTrack, extent: TrackExtent): VideoTrack & TrackExtent {
  const isPlausible = track.frameRate !== undefined && track.frameRate.num / track.frameRate.den <= 130
  if (isPlausible || extent.durationMs <= 0 || extent.packets === 0) return { ...track, ...extent }
  const num = Math.max(1, Math.round((extent.packets * 1_000_000) / extent.durationMs))
  return { ...track, frameRate: { num, den: 1000 }, ...extent }
}

/** A picture without any time: as long as its frames at its frame rate. */
function estimateMs(track: VideoTrack | AudioTrack, packets: number): number {
  if (!('frameRate' in track) || !track.frameRate) return 0
  return (packets * 1000 * track.frameRate.den) / track.frameRate.num
}

function noTracks(tracks: SourceTracks): Error {
  const undecodable = tracks.others.filter(({ kind }) => kind === 'video' || kind === 'audio')
  if (undecodable.length === 0) return err('SOURCE_NO_STREAMS')
  const names = undecodable.map(({ kind, codec }) => `${kind} ${codec}`).join(', ')
  return err('SOURCE_CODEC_UNSUPPORTED', { detail: `The file holds ${names}.` })
}
