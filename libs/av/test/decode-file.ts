// Decodes every frame of files with nothing of ours; prints the tracks of each, as JSON: `node decode-file.ts FILE...`.
import { AVMEDIA_TYPE_AUDIO, AVMEDIA_TYPE_VIDEO, AV_LOG_QUIET } from 'node-av/constants'
import { Codec, CodecContext, FFmpegError, FormatContext, Frame, Log, Packet } from 'node-av/lib'
import type { Stream } from 'node-av/lib'

import type { DecodedTrack } from './run-av.ts'

Log.setLevel(AV_LOG_QUIET)
const frame = new Frame()
frame.alloc()
const packet = new Packet()
packet.alloc()

interface Decoder {
  readonly stream: Stream
  readonly context: CodecContext
  readonly track: DecodedTrack
}

const toMs = (ticks: bigint, { num, den }: { num: number; den: number }): number =>
  (Number(ticks) * num * 1000) / den

function take({ stream, context, track }: Decoder, source: Packet | null): void {
  if (context.sendPacketSync(source) < 0) track.damagedPackets += 1
  while (context.receiveFrameSync(frame) >= 0) {
    const atMs = toMs(frame.bestEffortTimestamp, stream.timeBase)
    track.frames += 1
    track.samples += frame.nbSamples
    track.sampleRateHz = frame.sampleRate
    track.widthPx = frame.width
    track.heightPx = frame.height
    track.timesMs.push(atMs)
    if (track.kind === 'video') {
      if (frame.pictType === 1) track.keyTimesMs.push(atMs)
      track.endMs = Math.max(track.endMs, atMs + toMs(frame.duration, stream.timeBase))
      const luma = frame.data?.[0]?.subarray(0, frame.linesize[0]! * frame.height) ?? Buffer.alloc(1)
      let sum = 0
      for (let index = 0; index < luma.length; index += 97) sum += luma[index]!
      track.meanLuma.push(Math.round(sum / Math.ceil(luma.length / 97)))
    } else {
      track.endMs = Math.max(track.endMs, atMs + (frame.nbSamples * 1000) / frame.sampleRate)
      const left = frame.extendedData?.[0]
      if (left && context.sampleFormat === 8)
        for (let at = 0; at + 4 <= frame.nbSamples * 4; at += 4)
          track.peak = Math.max(track.peak, Math.abs(left.readFloatLE(at)))
    }
    frame.unref()
  }
}

function decodeFile(file: string): DecodedTrack[] {
  const input = new FormatContext()
  FFmpegError.throwIfError(input.openInputSync(file), 'open')
  FFmpegError.throwIfError(input.findStreamInfoSync(), 'stream info')

  const decoders = input.streams
    .filter(({ codecpar }) => [AVMEDIA_TYPE_VIDEO, AVMEDIA_TYPE_AUDIO].includes(codecpar.codecType))
    .map((stream) => {
      const codec = Codec.findDecoder(stream.codecpar.codecId)!
      const context = new CodecContext()
      context.allocContext3(codec)
      context.parametersToContext(stream.codecpar)
      context.pktTimebase = stream.timeBase
      FFmpegError.throwIfError(context.open2Sync(codec, null), 'decoder')
      const isVideo = stream.codecpar.codecType === AVMEDIA_TYPE_VIDEO
      const track: DecodedTrack = {
        kind: isVideo ? 'video' : 'audio',
        frames: 0,
        samples: 0,
        sampleRateHz: 0,
        timesMs: [],
        keyTimesMs: [],
        endMs: 0,
        widthPx: 0,
        heightPx: 0,
        meanLuma: [],
        peak: 0,
        damagedPackets: 0,
      }
      return { stream, context, track }
    })

  while (input.readFrameSync(packet) >= 0) {
    const decoder = decoders.find(({ stream }) => stream.index === packet.streamIndex)
    if (decoder) take(decoder, packet)
    packet.unref()
  }
  for (const decoder of decoders) take(decoder, null)
  return decoders.map(({ track }) => track)
}

process.stdout.write(JSON.stringify(process.argv.slice(2).map(decodeFile)))
