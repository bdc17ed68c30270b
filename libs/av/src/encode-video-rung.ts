import { err } from '@zoetrope/contracts'
import { Packet } from 'node-av/lib'
import type { Frame } from 'node-av/lib'

import { findFirstFrames, originOf } from './first-frames.ts'
import type { Instant } from './first-frames.ts'
import { openFilterChain } from './filter-chain.ts'
import { frameTime, openDecoder } from './frame-decoder.ts'
import type { FrameDecoder } from './frame-decoder.ts'
import { openH264Encoder } from './h264-encoder.ts'
import type { H264Encoder } from './h264-encoder.ts'
import type { MediaInput } from './media-input.ts'
import { openSource } from './media-source.ts'
import type { MediaSource } from './media-source.ts'
import { TrackWriter } from './mp4/track-writer.ts'
import { progressMeter } from './progress.ts'
import type { OnProgress } from './progress.ts'
import { checkLimits, defaultSourceLimits } from './source-limits.ts'
import type { SourceLimits } from './source-limits.ts'
import { rescaleTicks, ticksToMs } from './time-base.ts'
import type { TimeBase } from './time-base.ts'
import { describeTracks } from './track.ts'
import type { VideoTrack } from './track.ts'
import { fitEven, pictureFilters } from './video-filters.ts'
import type { PictureSize } from './video-filters.ts'

/** What {@link encodeVideoRung} is asked for. */
export interface VideoRungOptions {
  readonly input: MediaInput
  /** Path of the file to write. */
  readonly output: string
  /** As seen (upright, square pixels). Made even and fitted into the source where it is larger. */
  readonly widthPx: number
  readonly heightPx: number
  /** Average bits per second. */
  readonly bitrateBps: number
  /** A keyframe stands at every multiple of this, in every rung of a source. */
  readonly gopSeconds?: number
  /** Of the source, for the progress; by default what its header tells. */
  readonly durationMs?: number
  readonly preset?: string
  readonly limits?: SourceLimits
  readonly onProgress?: OnProgress
}

/** What {@link encodeVideoRung} wrote. */
export interface VideoRung {
  readonly widthPx: number
  readonly heightPx: number
  readonly frames: number
  /** Start after the origin of the source. */
  readonly startMs: number
  readonly durationMs: number
  readonly bitrateBps: number
  readonly sizeBytes: number
  /** RFC 6381. */
  readonly codecs: string
  readonly damagedPackets: number
}

/**
 * Encodes the picture of a source as one H.264 rung: a CMAF track file whose fragments are closed groups of pictures.
 *
 * Times of the source are kept (variable frame rate stays so). Memory holds one group of pictures.
 *
 * @throws SOURCE_NO_STREAMS where the source has no picture, SOURCE_CORRUPT where none can be decoded
 */
export async function encodeVideoRung(options: VideoRungOptions): Promise<VideoRung> {
  const { track, origin } = await findPicture(options.input)
  using source = await openSource(options.input)
  const stream = source.streams[track.index]
  if (!stream) throw err('SOURCE_NO_STREAMS')
  source.select([track.index])
  using decoder = openDecoder(stream)
  const size = fitEven(options, track)
  const timescale = timescaleFor(track.timeBase)
  const timeBase = { num: 1, den: timescale }
  const originTicks = rescaleTicks(origin.ticks, origin.timeBase, timeBase)
  const gopTicks = BigInt(Math.max(1, Math.round((options.gopSeconds ?? 2) * timescale)))
  const limits = options.limits ?? defaultSourceLimits
  const meter = progressMeter(options.durationMs ?? source.headerDurationMs, options.onProgress)

  let encoder: H264Encoder | undefined
  let writer: TrackWriter | undefined
  try {
    let frames = 0
    let gop = -1n
    for (const { frame, ticks, durationTicks } of timedFrames({ source, decoder, track, size, timeBase })) {
      const time = ticks - originTicks
      if (time < 0n) continue
      if (!encoder) {
        encoder = openH264Encoder({ ...options, ...size, timescale, frame, frameRate: track.frameRate })
        writer = await TrackWriter.create(options.output, encoder.description)
      }
      frames += 1
      const timeMs = ticksToMs(time, timeBase)
      checkLimits({ ...size, frames, durationMs: timeMs }, limits)
      const startsGop = time / gopTicks !== gop
      gop = time / gopTicks
      await writeAll(writer, encoder.encode({ frame, time, durationTicks, isKeyframe: startsGop }))
      await meter.tick(timeMs)
    }
    if (!encoder || !writer) throw err('SOURCE_CORRUPT', { detail: 'No picture could be decoded.' })
    await writeAll(writer, encoder.encode(null))
    const written = await writer.finish(encoder.endTicks)
    meter.end()
    const durationMs = ticksToMs(written.endTicks - written.startTicks, timeBase)
    return {
      ...size,
      frames: written.samples,
      startMs: ticksToMs(written.startTicks, timeBase),
      durationMs,
      bitrateBps: durationMs > 0 ? Math.round((written.sizeBytes * 8000) / durationMs) : 0,
      sizeBytes: written.sizeBytes,
      codecs: encoder.codecs,
      damagedPackets: decoder.damagedPackets,
    }
  } finally {
    encoder?.[Symbol.dispose]()
    await writer?.[Symbol.asyncDispose]()
  }
}

async function findPicture(input: MediaInput): Promise<{ track: VideoTrack; origin: Instant }> {
  using source = await openSource(input)
  const tracks = describeTracks(source.streams)
  if (!tracks.video) throw err('SOURCE_NO_STREAMS', { detail: 'The file holds no picture.' })
  const origin = originOf(findFirstFrames(source, tracks))
  if (!origin) throw err('SOURCE_CORRUPT', { detail: 'No frame could be decoded.' })
  return { track: tracks.video, origin }
}

interface TimedFrame {
  readonly frame: Frame
  readonly ticks: bigint
  readonly durationTicks: bigint
}

/** Frames at their final size with rising times in the output's time base; a frame that comes too late is left out. */
function* timedFrames(work: {
  readonly source: MediaSource
  readonly decoder: FrameDecoder
  readonly track: VideoTrack
  readonly size: PictureSize
  readonly timeBase: TimeBase
}): Generator<TimedFrame, void, undefined> {
  const { track, timeBase } = work
  const usualTicks = usualDuration(track, timeBase)
  using chain = openFilterChain({
    describe: (frame) =>
      pictureFilters(frame, track, work.size, { format: 'yuv420p', scaleOptions: ':out_range=tv' }),
    timeBase,
  })
  let last: bigint | undefined
  for (const decoded of decodedFrames(work)) {
    const time = decoded ? frameTime(decoded) : undefined
    if (decoded) {
      decoded.pts =
        time === undefined ? (last ?? -usualTicks) + usualTicks : rescaleTicks(time, track.timeBase, timeBase)
      decoded.duration = rescaleTicks(decoded.duration, track.timeBase, timeBase)
    }
    for (const frame of chain.push(decoded)) {
      const ticks = rescaleTicks(frame.pts, frame.timeBase, timeBase)
      if (last !== undefined && ticks <= last) continue
      last = ticks
      const durationTicks =
        frame.duration > 0n ? rescaleTicks(frame.duration, frame.timeBase, timeBase) : usualTicks
      yield { frame, ticks, durationTicks }
    }
  }
}

function* decodedFrames(work: {
  readonly source: MediaSource
  readonly decoder: FrameDecoder
}): Generator<Frame | null, void, undefined> {
  using packet = new Packet()
  packet.alloc()
  while (work.source.read(packet)) yield* work.decoder.decode(packet)
  yield* work.decoder.decode(null)
  yield null
}

async function writeAll(
  writer: TrackWriter | undefined,
  samples: ReturnType<H264Encoder['encode']>,
): Promise<void> {
  for (const sample of samples) await writer?.write(sample, sample.isKeyframe)
}

function usualDuration(track: VideoTrack, timeBase: TimeBase): bigint {
  const { num, den } = track.frameRate ?? { num: 25, den: 1 }
  return BigInt(Math.max(1, Math.round((timeBase.den * den) / num)))
}

/** A number of ticks per second that holds the source's times exactly and is fine enough for those of its sound. */
function timescaleFor({ den }: TimeBase): number {
  const finest = 1_000_000
  const coarsest = 12_800
  if (den > finest) return 90_000
  return den * Math.max(1, Math.ceil(coarsest / den))
}
