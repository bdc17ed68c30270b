import { err } from '@zoetrope/contracts'
import { AV_CODEC_FLAG_GLOBAL_HEADER, AV_SAMPLE_FMT_FLTP } from 'node-av/constants'
import { Codec, CodecContext, Packet, Rational, avChannelLayoutDefault } from 'node-av/lib'
import type { Frame } from 'node-av/lib'

import { codecString } from './codec-string.ts'
import { must } from './ffmpeg-failure.ts'
import type { Sample } from './mp4/fragment.ts'
import type { AudioDescription } from './mp4/track-description.ts'

/** Options of {@link openAacEncoder}. */
export interface AacEncoderOptions {
  readonly sampleRateHz: number
  readonly channels: 1 | 2
  readonly bitrateBps: number
}

/** FFmpeg's own AAC-LC encoder. */
export interface AacEncoder extends Disposable {
  readonly description: AudioDescription
  readonly codecs: string
  /** Takes a frame whose `pts` counts samples (null at the end) and gives the access units that are ready. */
  encode(frame: Frame | null): Generator<Sample, void, undefined>
}

/** Samples in one access unit. */
export const samplesPerPacket = 1024

/**
 * Opens the encoder. The name is fixed: the build also holds libfdk_aac, whose licence is at odds with the GPL.
 */
export function openAacEncoder(options: AacEncoderOptions): AacEncoder {
  const codec = Codec.findEncoderByName('aac' as Parameters<typeof Codec.findEncoderByName>[0])
  if (codec?.name !== 'aac') throw err('INTERNAL', { detail: 'This build of FFmpeg has no aac encoder.' })
  const context = new CodecContext()
  context.allocContext3(codec)
  context.sampleRate = options.sampleRateHz
  context.sampleFormat = AV_SAMPLE_FMT_FLTP
  context.channelLayout = avChannelLayoutDefault(options.channels)
  context.bitRate = BigInt(options.bitrateBps)
  context.timeBase = new Rational(1, options.sampleRateHz)
  context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER)
  must(context.open2Sync(codec, null), 'The AAC encoder did not open')
  const description: AudioDescription = {
    kind: 'audio',
    timescale: options.sampleRateHz,
    channels: options.channels,
    bitrateBps: options.bitrateBps,
    audioConfiguration: Buffer.from(context.extraData ?? Buffer.alloc(0)),
  }
  const packet = new Packet()
  packet.alloc()

  return {
    description,
    codecs: codecString(description),
    *encode(frame) {
      must(context.sendFrameSync(frame), 'Sound could not be encoded')
      for (;;) {
        packet.unref()
        if (context.receivePacketSync(packet) < 0) return
        if (packet.data) {
          yield { data: Buffer.from(packet.data), presentationTicks: packet.pts, isKeyframe: true }
        }
      }
    },
    [Symbol.dispose]() {
      packet.free()
      context.freeContext()
    },
  }
}
