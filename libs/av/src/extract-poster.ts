import { writeFile } from 'node:fs/promises'

import { err } from '@zoetrope/contracts'
import { AVSEEK_FLAG_BACKWARD, AV_NOPTS_VALUE, AV_PIX_FMT_YUVJ420P } from 'node-av/constants'
import { Codec, CodecContext, Packet, Rational } from 'node-av/lib'
import type { Frame } from 'node-av/lib'

import { must } from './ffmpeg-failure.ts'
import { openFilterChain } from './filter-chain.ts'
import { frameTime, openDecoder } from './frame-decoder.ts'
import type { MediaInput } from './media-input.ts'
import { openSource } from './media-source.ts'
import type { MediaSource } from './media-source.ts'
import { checkLimits, defaultSourceLimits } from './source-limits.ts'
import type { SourceLimits } from './source-limits.ts'
import { rescaleTicks, ticksToMs } from './time-base.ts'
import { describeTracks } from './track.ts'
import type { VideoTrack } from './track.ts'
import { pictureFilters } from './video-filters.ts'
import type { PictureSize } from './video-filters.ts'

/** What {@link extractPoster} is asked for. */
export interface PosterOptions {
  readonly input: MediaInput
  /** Path of the JPEG to write. */
  readonly output: string
  /** Width at most; the source is never enlarged. */
  readonly widthPx: number
  /** Wished instant after the first picture; by default a little into the film. */
  readonly atMs?: number
  readonly limits?: SourceLimits
}

/** What {@link extractPoster} wrote. */
export interface Poster {
  readonly widthPx: number
  readonly heightPx: number
  /** Instant of the picture that was taken, after the first one. */
  readonly atMs: number
  readonly sizeBytes: number
}

/** Pictures looked at after the wished one, where that one is dark or plain. */
const candidatesTried = 48
/** Mean brightness (0 to 255) and spread from which a picture is taken at once. */
const brightEnough = 32
const variedEnough = 6
const quality = 4

/**
 * Takes one picture of a film as JPEG: upright, square pixels. Where the wished one is black or plain, one of the next
 * that is not; where all are, the best of them.
 *
 * @throws SOURCE_NO_STREAMS where the source has no picture, SOURCE_CORRUPT where none can be decoded
 */
export async function extractPoster(options: PosterOptions): Promise<Poster> {
  using source = await openSource(options.input)
  const { video } = describeTracks(source.streams)
  if (!video) throw err('SOURCE_NO_STREAMS', { detail: 'The file holds no picture.' })
  const { codedWidthPx, codedHeightPx } = video
  checkLimits(
    { widthPx: codedWidthPx, heightPx: codedHeightPx, frames: 0, durationMs: 0 },
    options.limits ?? defaultSourceLimits,
  )
  const size = posterSize(options.widthPx, video)
  const atMs = options.atMs ?? Math.min(source.headerDurationMs / 10, 3000)
  let best = choose(source, video, { size, atMs })
  if (!best && atMs > 0) {
    // Where the index lies or the end comes earlier than told: from the start.
    using again = await openSource(options.input)
    best = choose(again, video, { size, atMs: 0 })
  }
  if (!best) throw err('SOURCE_CORRUPT', { detail: 'No picture could be decoded.' })
  await writeFile(options.output, best.jpeg)
  return { ...size, atMs: best.atMs, sizeBytes: best.jpeg.length }
}

function posterSize(widthPx: number, video: VideoTrack): PictureSize {
  const width = Math.max(1, Math.min(widthPx, video.widthPx))
  return { widthPx: width, heightPx: Math.max(1, Math.round((width * video.heightPx) / video.widthPx)) }
}

interface Candidate {
  readonly jpeg: Buffer
  readonly atMs: number
  readonly score: number
}

function choose(
  source: MediaSource,
  track: VideoTrack,
  wish: { readonly size: PictureSize; readonly atMs: number },
): Candidate | undefined {
  const stream = source.streams[track.index]
  if (!stream) return undefined
  source.select([track.index])
  const start = stream.startTime === AV_NOPTS_VALUE ? 0n : stream.startTime
  const wished = start + rescaleTicks(BigInt(Math.round(wish.atMs)), { num: 1, den: 1000 }, track.timeBase)
  if (wish.atMs > 0) source.format.seekFrameSync(track.index, wished, AVSEEK_FLAG_BACKWARD)
  using decoder = openDecoder(stream)
  using chain = openFilterChain({
    describe: (frame) =>
      pictureFilters(frame, track, wish.size, {
        format: 'yuvj420p',
        scaleOptions: ':out_color_matrix=bt601:out_range=full',
      }),
    timeBase: track.timeBase,
  })
  using packet = new Packet()
  packet.alloc()
  let best: Candidate | undefined
  let tried = 0
  for (let more = true; more;) {
    more = source.read(packet)
    for (const decoded of decoder.decode(more ? packet : null)) {
      const time = frameTime(decoded) ?? wished
      if (wish.atMs > 0 && time < wished) continue
      tried += 1
      decoded.pts = time
      const atMs = ticksToMs(time - start, track.timeBase)
      best = look(chain.push(decoded), best, atMs)
      if ((best && best.score >= 1) || tried >= candidatesTried) return best
    }
  }
  return look(chain.push(null), best, wish.atMs)
}

function look(frames: Iterable<Frame>, best: Candidate | undefined, atMs: number): Candidate | undefined {
  for (const frame of frames) {
    const score = scoreOf(frame)
    if (!best || score > best.score) best = { jpeg: encodeJpeg(frame), atMs, score }
  }
  return best
}

/** 1 and more: taken at once. Below: how near the picture is to that. */
function scoreOf(frame: Frame): number {
  const luma = frame.data?.[0]
  const stride = frame.linesize[0]
  if (!luma || !stride) return 0
  let sum = 0
  let squares = 0
  let count = 0
  const step = Math.max(1, Math.floor(frame.height / 64))
  for (let y = 0; y < frame.height; y += step) {
    for (let x = 0; x < frame.width; x += step) {
      const value = luma[y * stride + x] ?? 0
      sum += value
      squares += value * value
      count += 1
    }
  }
  const mean = sum / count
  const spread = Math.sqrt(Math.max(0, squares / count - mean * mean))
  return Math.min(mean / brightEnough, spread / variedEnough)
}

function encodeJpeg(frame: Frame): Buffer {
  const codec = Codec.findEncoderByName('mjpeg' as Parameters<typeof Codec.findEncoderByName>[0])
  if (!codec) throw err('INTERNAL', { detail: 'This build of FFmpeg has no mjpeg encoder.' })
  using context = new CodecContext()
  context.allocContext3(codec)
  context.width = frame.width
  context.height = frame.height
  context.pixelFormat = AV_PIX_FMT_YUVJ420P
  context.colorRange = frame.colorRange
  context.timeBase = new Rational(1, 25)
  context.qMin = quality
  context.qMax = quality
  must(context.open2Sync(codec, null), 'The JPEG encoder did not open')
  must(context.sendFrameSync(frame), 'The picture could not be encoded')
  context.sendFrameSync(null)
  using packet = new Packet()
  packet.alloc()
  must(context.receivePacketSync(packet), 'The picture could not be encoded')
  return Buffer.from(packet.data ?? Buffer.alloc(0))
}
