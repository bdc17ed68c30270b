// Decodes every frame of a local file and prints, as JSON, what came out of each track. Run in a process of its own:
// `node decode-media.ts FILE`. The measure that results are held to: what a decoder makes of them, not what headers say.
import { AVMEDIA_TYPE_AUDIO, AVMEDIA_TYPE_VIDEO, AV_NOPTS_VALUE } from 'node-av/constants'
import { Codec, CodecContext, FFmpegError, FormatContext, Frame, Packet } from 'node-av/lib'

/** What decoding one track gave. Times in ms on the file's own clock. */
export interface DecodedTrack {
  readonly type: 'video' | 'audio'
  readonly frames: number
  readonly samples: number
  readonly sampleRateHz: number
  readonly startMs: number
  readonly endMs: number
  readonly frameMs: number
  readonly widthPx: number
  readonly heightPx: number
}

type Stream = NonNullable<FormatContext['streams']>[number]

class TrackDecoder {
  private readonly context = new CodecContext()
  private readonly frame = new Frame()
  private readonly stream: Stream
  private frames = 0
  private samples = 0
  private startMs = Number.POSITIVE_INFINITY
  private endMs = Number.NEGATIVE_INFINITY
  private frameMs = 0
  private widthPx = 0
  private heightPx = 0
  private sampleRateHz = 0

  constructor(stream: Stream) {
    this.stream = stream
    const codec = Codec.findDecoder(stream.codecpar.codecId)
    if (!codec) throw new Error(`No decoder for stream ${stream.index}`)
    this.context.allocContext3(codec)
    FFmpegError.throwIfError(this.context.parametersToContext(stream.codecpar), 'parameters')
    this.context.pktTimebase = stream.timeBase
    FFmpegError.throwIfError(this.context.open2Sync(codec, null), 'open decoder')
    this.frame.alloc()
  }

  decode(packet: Packet | null): void {
    FFmpegError.throwIfError(this.context.sendPacketSync(packet), `packet of stream ${this.stream.index}`)
    while (this.context.receiveFrameSync(this.frame) >= 0) {
      this.take()
      this.frame.unref()
    }
  }

  result(): DecodedTrack {
    const { frames, samples, sampleRateHz, startMs, endMs, frameMs, widthPx, heightPx } = this
    const type = this.stream.codecpar.codecType === AVMEDIA_TYPE_VIDEO ? 'video' : 'audio'
    return { type, frames, samples, sampleRateHz, startMs, endMs, frameMs, widthPx, heightPx }
  }

  private take(): void {
    const { num, den } = this.stream.timeBase
    const toMs = (ticks: bigint): number => (Number(ticks) * num * 1000) / den
    const { bestEffortTimestamp } = this.frame
    const atMs = bestEffortTimestamp === AV_NOPTS_VALUE ? this.endMs : toMs(bestEffortTimestamp)
    const isAudio = this.frame.nbSamples > 0
    const lastsMs = isAudio
      ? (this.frame.nbSamples * 1000) / this.frame.sampleRate
      : toMs(this.frame.duration)
    this.frames += 1
    this.samples += this.frame.nbSamples
    this.sampleRateHz = this.frame.sampleRate
    this.startMs = Math.min(this.startMs, atMs)
    this.endMs = Math.max(this.endMs, atMs + lastsMs)
    this.frameMs = Math.max(this.frameMs, lastsMs)
    this.widthPx = this.frame.width
    this.heightPx = this.frame.height
  }
}

const file = process.argv[2] ?? ''
const input = new FormatContext()
FFmpegError.throwIfError(await input.openInput(file), `open ${file}`)
FFmpegError.throwIfError(await input.findStreamInfo(), 'stream info')
const decoders = new Map<number, TrackDecoder>()
for (const type of [AVMEDIA_TYPE_VIDEO, AVMEDIA_TYPE_AUDIO]) {
  const index = input.findBestStream(type)
  const stream = input.streams?.find((candidate) => candidate.index === index)
  if (stream) decoders.set(index, new TrackDecoder(stream))
}
const packet = new Packet()
packet.alloc()
while ((await input.readFrame(packet)) >= 0) {
  decoders.get(packet.streamIndex)?.decode(packet)
  packet.unref()
}
for (const decoder of decoders.values()) decoder.decode(null)
process.stdout.write(JSON.stringify([...decoders.values()].map((decoder) => decoder.result())))
