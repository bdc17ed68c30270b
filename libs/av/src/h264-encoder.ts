import { err } from '@zoetrope/contracts'
import {
  AVCOL_PRI_UNSPECIFIED,
  AVCOL_RANGE_JPEG,
  AVCOL_SPC_RGB,
  AVCOL_SPC_UNSPECIFIED,
  AVCOL_TRC_UNSPECIFIED,
  AV_CODEC_FLAG_CLOSED_GOP,
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_PICTURE_TYPE_I,
  AV_PICTURE_TYPE_NONE,
  AV_PIX_FMT_YUV420P,
} from 'node-av/constants'
import { Codec, CodecContext, Packet, Rational } from 'node-av/lib'
import type { Frame } from 'node-av/lib'

import { codecString } from './codec-string.ts'
import { must } from './ffmpeg-failure.ts'
import { avcConfiguration, toLengthPrefixed } from './h264.ts'
import type { Sample } from './mp4/fragment.ts'
import type { VideoDescription } from './mp4/track-description.ts'
import type { TimeBase } from './time-base.ts'

/** Options of {@link openH264Encoder}. */
export interface H264EncoderOptions {
  readonly widthPx: number
  readonly heightPx: number
  readonly bitrateBps: number
  /** Ticks per second. */
  readonly timescale: number
  readonly frameRate: TimeBase | undefined
  /** The first frame: its colours are those of the film. */
  readonly frame: Frame
  readonly preset?: string
}

/** A frame to encode, shown at `time` for `durationTicks`. */
export interface FrameToEncode {
  readonly frame: Frame
  readonly time: bigint
  readonly durationTicks: bigint
  readonly isKeyframe: boolean
}

/** x264 with keyframes exactly where they are asked for and nowhere else. */
export interface H264Encoder extends Disposable {
  readonly description: VideoDescription
  readonly codecs: string
  /** When the last frame that went in stops being shown. */
  readonly endTicks: bigint
  /** Takes a frame (null at the end) and gives the access units that are ready. */
  encode(next: FrameToEncode | null): Generator<Sample, void, undefined>
}

/** Far more frames than lie between two asked-for keyframes: the encoder must set none of its own. */
const noKeyframesOfItsOwn = 100_000

/** Opens the encoder. */
export function openH264Encoder(options: H264EncoderOptions): H264Encoder {
  const { frame, timescale } = options
  const codec = Codec.findEncoderByName('libx264' as Parameters<typeof Codec.findEncoderByName>[0])
  if (!codec) throw err('INTERNAL', { detail: 'This build of FFmpeg has no libx264.' })
  const context = new CodecContext()
  context.allocContext3(codec)
  context.width = options.widthPx
  context.height = options.heightPx
  context.pixelFormat = AV_PIX_FMT_YUV420P
  context.timeBase = new Rational(1, timescale)
  const { num, den } = usualFrameRate(options)
  context.framerate = new Rational(num, den)
  context.sampleAspectRatio = new Rational(1, 1)
  context.bitRate = BigInt(options.bitrateBps)
  context.rcMaxRate = BigInt(Math.round(options.bitrateBps * 1.5))
  context.rcBufferSize = options.bitrateBps * 2
  context.gopSize = noKeyframesOfItsOwn
  context.colorPrimaries = frame.colorPrimaries
  context.colorTrc = frame.colorTrc
  context.colorSpace = frame.colorSpace === AVCOL_SPC_RGB ? AVCOL_SPC_UNSPECIFIED : frame.colorSpace
  context.colorRange = frame.colorRange
  context.chromaLocation = frame.chromaLocation
  context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER, AV_CODEC_FLAG_CLOSED_GOP)
  const settings = {
    preset: options.preset ?? 'veryfast',
    profile: 'high',
    sc_threshold: 0,
    'forced-idr': 1,
    'x264-params': 'open-gop=0:scenecut=0',
  }
  // Set one by one: a dictionary given to `open2Sync` is freed twice by the bindings.
  for (const [name, value] of Object.entries(settings))
    must(context.setOption(name, value), `x264 refuses ${name}`)
  must(context.open2Sync(codec, null), 'x264 did not open')
  const configuration = avcConfiguration(context.extraData ?? Buffer.alloc(0))
  const description = describe(options, context, configuration)
  const packet = new Packet()
  packet.alloc()
  let endTicks = 0n

  function* receive(): Generator<Sample, void, undefined> {
    for (;;) {
      packet.unref()
      if (context.receivePacketSync(packet) < 0) return
      const { data } = packet
      if (!data) continue
      yield {
        data: toLengthPrefixed(data),
        presentationTicks: packet.pts,
        isKeyframe: packet.isKeyframe,
      }
    }
  }

  return {
    description,
    codecs: codecString(description),
    get endTicks() {
      return endTicks
    },
    *encode(next) {
      if (next) {
        endTicks = next.time + next.durationTicks
        next.frame.pts = next.time
        next.frame.timeBase = context.timeBase
        next.frame.duration = next.durationTicks
        next.frame.pictType = next.isKeyframe ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE
        must(context.sendFrameSync(next.frame), 'A picture could not be encoded')
      } else {
        must(context.sendFrameSync(null), 'The encoder could not be ended')
      }
      yield* receive()
    },
    [Symbol.dispose]() {
      packet.free()
      context.freeContext()
    },
  }
}

function usualFrameRate({ frameRate }: H264EncoderOptions): TimeBase {
  return frameRate ?? { num: 25, den: 1 }
}

function describe(
  options: H264EncoderOptions,
  context: CodecContext,
  configuration: Buffer,
): VideoDescription {
  const { colorPrimaries, colorTrc, colorSpace, colorRange } = context
  const isUnknown =
    colorPrimaries === AVCOL_PRI_UNSPECIFIED &&
    colorTrc === AVCOL_TRC_UNSPECIFIED &&
    colorSpace === AVCOL_SPC_UNSPECIFIED &&
    colorRange !== AVCOL_RANGE_JPEG
  const { num, den } = usualFrameRate(options)
  return {
    kind: 'video',
    timescale: options.timescale,
    widthPx: options.widthPx,
    heightPx: options.heightPx,
    reorderTicks: Math.ceil((context.hasBFrames * options.timescale * den) / num),
    avcConfiguration: configuration,
    ...(isUnknown
      ? {}
      : {
          colour: {
            primaries: colorPrimaries,
            transfer: colorTrc,
            matrix: colorSpace,
            isFullRange: colorRange === AVCOL_RANGE_JPEG,
          },
        }),
  }
}
