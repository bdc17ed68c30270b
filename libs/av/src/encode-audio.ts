import { err } from '@zoetrope/contracts'
import { Packet } from 'node-av/lib'
import type { Frame } from 'node-av/lib'

import { openAacEncoder, samplesPerPacket } from './aac-encoder.ts'
import type { AacEncoder } from './aac-encoder.ts'
import { findFirstFrames, originOf } from './first-frames.ts'
import type { FirstFrames, Instant } from './first-frames.ts'
import { openFilterChain } from './filter-chain.ts'
import { frameTime, openDecoder } from './frame-decoder.ts'
import type { FrameDecoder } from './frame-decoder.ts'
import type { MediaInput } from './media-input.ts'
import { openSource } from './media-source.ts'
import type { MediaSource } from './media-source.ts'
import { TrackWriter } from './mp4/track-writer.ts'
import { progressMeter } from './progress.ts'
import type { OnProgress } from './progress.ts'
import { checkLimits, defaultSourceLimits } from './source-limits.ts'
import type { SourceLimits } from './source-limits.ts'
import { rescaleTicks, ticksToMs } from './time-base.ts'
import { describeTracks } from './track.ts'
import type { AudioTrack } from './track.ts'

/** What {@link encodeAudio} is asked for. */
export interface AudioOptions {
  readonly input: MediaInput
  /** Path of the file to write. */
  readonly output: string
  readonly bitrateBps?: number
  /** Of the source, for the progress; by default what its header tells. */
  readonly durationMs?: number
  /** A fragment begins at every multiple of this. */
  readonly fragmentSeconds?: number
  readonly limits?: SourceLimits
  readonly onProgress?: OnProgress
}

/** What {@link encodeAudio} wrote. */
export interface EncodedAudio {
  readonly channels: number
  readonly sampleRateHz: number
  /** Start after the origin of the source. */
  readonly startMs: number
  /** Of the samples that the source holds; the last access unit may be longer. */
  readonly durationMs: number
  readonly samples: number
  readonly bitrateBps: number
  readonly sizeBytes: number
  /** RFC 6381. */
  readonly codecs: string
  readonly damagedPackets: number
}

/**
 * Encodes the sound of a source as AAC-LC, mono or stereo, 44.1 or 48 kHz: a CMAF track file.
 *
 * Gaps become silence and overlaps are cut, so that sound stays with the picture. The access unit that only primes the
 * decoder is left out: the first sample of the file is the first sample of the source in every player, whether it
 * honours edit lists or not (its first 21 ms fade in).
 *
 * @throws SOURCE_NO_STREAMS where the source has no sound, SOURCE_CORRUPT where none can be decoded
 */
export async function encodeAudio(options: AudioOptions): Promise<EncodedAudio> {
  const { track, origin, first } = await findSound(options.input)
  using source = await openSource(options.input)
  const stream = source.streams[track.index]
  if (!stream) throw err('SOURCE_NO_STREAMS')
  source.select([track.index])
  using decoder = openDecoder(stream)
  const sampleRateHz = track.sampleRateHz % 11_025 === 0 ? 44_100 : 48_000
  const channels = track.channels === 1 ? 1 : 2
  const bitrateBps = options.bitrateBps ?? 128_000
  using encoder = openAacEncoder({ sampleRateHz, channels, bitrateBps })
  await using writer = await TrackWriter.create(options.output, encoder.description)
  const timeBase = { num: 1, den: sampleRateHz }
  const startTicks =
    rescaleTicks(first.ticks, first.timeBase, timeBase) -
    rescaleTicks(origin.ticks, origin.timeBase, timeBase)
  const limits = options.limits ?? defaultSourceLimits
  const meter = progressMeter(options.durationMs ?? source.headerDurationMs, options.onProgress)
  const cut = fragmentCutter(
    writer,
    startTicks,
    BigInt(Math.round((options.fragmentSeconds ?? 2) * sampleRateHz)),
  )

  let samples = 0
  for (const frame of normalisedFrames({ source, decoder, track, sampleRateHz, channels })) {
    // Counted, not read from the frames: filters have made the sound continuous.
    frame.pts = BigInt(samples)
    samples += frame.nbSamples
    const doneMs = ticksToMs(startTicks + BigInt(samples), timeBase)
    checkLimits({ widthPx: 0, heightPx: 0, frames: 0, durationMs: doneMs }, limits)
    await cut(encoder.encode(frame))
    await meter.tick(doneMs)
  }
  if (samples === 0) throw err('SOURCE_CORRUPT', { detail: 'No sound could be decoded.' })
  await cut(encoder.encode(null))
  const written = await writer.finish(startTicks + BigInt(samples))
  meter.end()
  const durationMs = ticksToMs(BigInt(samples), timeBase)
  return {
    channels,
    sampleRateHz,
    startMs: ticksToMs(startTicks, timeBase),
    durationMs,
    samples,
    bitrateBps: Math.round((written.sizeBytes * 8000) / durationMs),
    sizeBytes: written.sizeBytes,
    codecs: encoder.codecs,
    damagedPackets: decoder.damagedPackets,
  }
}

async function findSound(input: MediaInput): Promise<{ track: AudioTrack; origin: Instant; first: Instant }> {
  using source = await openSource(input)
  const tracks = describeTracks(source.streams)
  if (!tracks.audio) throw err('SOURCE_NO_STREAMS', { detail: 'The file holds no sound.' })
  const first: FirstFrames = findFirstFrames(source, tracks)
  const origin = originOf(first)
  if (!first.audio || !origin) throw err('SOURCE_CORRUPT', { detail: 'No sound could be decoded.' })
  return { track: tracks.audio, origin, first: first.audio }
}

/** Writes access units, leaves out those before the first sample, and begins a fragment at every multiple of a length. */
function fragmentCutter(
  writer: TrackWriter,
  startTicks: bigint,
  fragmentTicks: bigint,
): (units: ReturnType<AacEncoder['encode']>) => Promise<void> {
  let current = -1n
  return async (units) => {
    for (const unit of units) {
      if (unit.presentationTicks < 0n) continue
      const presentationTicks = unit.presentationTicks + startTicks
      const fragment = presentationTicks / fragmentTicks
      await writer.write({ ...unit, presentationTicks }, fragment !== current)
      current = fragment
    }
  }
}

/** Sound as the encoder wants it, in frames of one access unit; the last may be shorter. */
function* normalisedFrames(work: {
  readonly source: MediaSource
  readonly decoder: FrameDecoder
  readonly track: AudioTrack
  readonly sampleRateHz: number
  readonly channels: 1 | 2
}): Generator<Frame, void, undefined> {
  const { track, sampleRateHz, channels } = work
  const filters = [
    `aresample=${sampleRateHz}:async=1:min_hard_comp=0.1`,
    `aformat=sample_fmts=fltp:channel_layouts=${channels === 1 ? 'mono' : 'stereo'}`,
    `asetnsamples=n=${samplesPerPacket}:p=0`,
  ].join(',')
  using chain = openFilterChain({ describe: () => filters, timeBase: track.timeBase })
  let nextTicks: bigint | undefined
  for (const decoded of decodedFrames(work)) {
    if (decoded) {
      const rate = { num: 1, den: decoded.sampleRate }
      const time = frameTime(decoded)
      const ticks: bigint = time === undefined ? (nextTicks ?? 0n) : rescaleTicks(time, track.timeBase, rate)
      decoded.pts = ticks
      nextTicks = ticks + BigInt(decoded.nbSamples)
    }
    yield* chain.push(decoded)
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
