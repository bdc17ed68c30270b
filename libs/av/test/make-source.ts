// Makes a film or a recording with FFmpeg's own muxers, for tests: `node make-source.ts '{...}'`. Run in a process of its own.
import {
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_LOG_ERROR,
  AV_PICTURE_TYPE_NONE,
  AV_PIX_FMT_YUV420P,
  AV_PKT_DATA_DISPLAYMATRIX,
  AVFMT_GLOBALHEADER,
} from 'node-av/constants'
import {
  Codec,
  CodecContext,
  Dictionary,
  FFmpegError,
  Filter,
  FilterGraph,
  FilterInOut,
  FormatContext,
  Frame,
  Log,
  Packet,
  Rational,
} from 'node-av/lib'
import type { FilterContext, Stream } from 'node-av/lib'

import type { SourceRecipe } from './recipe.ts'

const recipe = JSON.parse(process.argv[2] ?? '{}') as SourceRecipe
Log.setLevel(AV_LOG_ERROR)

const check = (code: number, doing: string): number => {
  FFmpegError.throwIfError(code, doing)
  return code
}

/** Frames of a source filter. */
function* generate(description: string, sinkName: string): Generator<Frame> {
  const graph = new FilterGraph()
  graph.alloc()
  const sink = graph.createFilter(Filter.getByName(sinkName)!, 'out', null) as FilterContext
  const segment = graph.segmentParse(description)!
  check(segment.createFilters(), description)
  check(segment.applyOpts(), description)
  const inputs = new FilterInOut()
  const outputs = new FilterInOut()
  check(segment.apply(inputs, outputs), description)
  check(outputs.filterCtx!.link(outputs.padIdx, sink, 0), description)
  check(graph.configSync(), description)
  const frame = new Frame()
  frame.alloc()
  while (sink.buffersinkGetFrameSync(frame) >= 0) {
    yield frame
    frame.unref()
  }
}

const output = new FormatContext()
check(output.allocOutputContext2(null, recipe.format, recipe.path), 'output')
const isGlobal = output.oformat!.hasFlags(AVFMT_GLOBALHEADER)

interface Track {
  readonly context: CodecContext
  readonly stream: Stream
  readonly frames: Generator<Frame>
  /** Time of the nth frame, in ticks of the encoder. */
  readonly timeOf: (index: number, frame: Frame) => bigint
}

function videoTrack({ video }: SourceRecipe): Track | undefined {
  if (!video) return undefined
  const { width, height, frames, fps, codec = 'libx264', filter = 'null' } = video
  const context = new CodecContext()
  const encoder = Codec.findEncoderByName(codec as Parameters<typeof Codec.findEncoderByName>[0])!
  context.allocContext3(encoder)
  context.width = width
  context.height = height
  context.pixelFormat = AV_PIX_FMT_YUV420P
  context.timeBase = new Rational(1, fps * 1000)
  context.framerate = new Rational(fps, 1)
  context.gopSize = 50
  context.bitRate = 1_000_000n
  if (isGlobal) context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER)
  if (codec === 'libx264') check(context.setOption('preset', 'ultrafast'), 'preset')
  if (codec === 'libx264') check(context.setOption('x264-params', 'bframes=2:b-adapt=0'), 'x264')
  check(context.open2Sync(encoder, null), 'video encoder')
  const stream = output.newStream(encoder)
  stream.codecpar.fromContext(context)
  stream.timeBase = context.timeBase
  if (video.matrix) {
    const matrix = Buffer.alloc(36)
    for (const [index, value] of video.matrix.entries()) matrix.writeInt32LE(value, index * 4)
    stream.codecpar.addCodedSideData(AV_PKT_DATA_DISPLAYMATRIX, matrix)
  }
  const delay = BigInt(Math.round((video.startMs ?? 0) * fps))
  return {
    context,
    stream,
    frames: generate(
      `testsrc2=s=${width}x${height}:r=${fps},trim=end_frame=${frames},${filter},format=yuv420p`,
      'buffersink',
    ),
    timeOf: (index) => delay + BigInt(Math.round((video.timesMs?.[index] ?? (index * 1000) / fps) * fps)),
  }
}

function audioTrack({ audio }: SourceRecipe): Track | undefined {
  if (!audio) return undefined
  const { samples, sampleRate, channels = 2, codec = 'aac', sampleFormat = 'fltp' } = audio
  const layout = channels === 1 ? 'mono' : channels === 2 ? 'stereo' : '5.1'
  const encoder = Codec.findEncoderByName(codec as Parameters<typeof Codec.findEncoderByName>[0])!
  const context = new CodecContext()
  context.allocContext3(encoder)
  const frames = generate(
    `sine=f=440:r=${sampleRate},atrim=end_sample=${samples},aformat=sample_fmts=${sampleFormat}:channel_layouts=${layout},asetnsamples=n=${audio.frameSize ?? 1024}:p=0`,
    'abuffersink',
  )
  const first = frames.next().value as Frame
  context.sampleRate = sampleRate
  context.sampleFormat = first.format as CodecContext['sampleFormat']
  context.channelLayout = first.channelLayout
  context.timeBase = new Rational(1, sampleRate)
  if (isGlobal) context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER)
  check(context.open2Sync(encoder, null), 'audio encoder')
  const stream = output.newStream(encoder)
  stream.codecpar.fromContext(context)
  stream.timeBase = context.timeBase
  const delay = BigInt(Math.round(((audio.startMs ?? 0) * sampleRate) / 1000))
  let done = 0n
  return {
    context,
    stream,
    frames: (function* () {
      yield first
      yield* frames
    })(),
    timeOf: (_index, frame) => {
      const time = delay + done
      done += BigInt(frame.nbSamples)
      return time
    },
  }
}

const frameTicks = new Map<Track, bigint>()
const packet = new Packet()
packet.alloc()

/** Encodes one frame (null: the rest) of a track, and writes what comes out. */
function encode(track: Track, frame: Frame | null): void {
  check(track.context.sendFrameSync(frame), 'encode')
  for (;;) {
    packet.unref()
    if (track.context.receivePacketSync(packet) < 0) return
    // x264 tells no durations; without one the last frame lasts no time, and an edit list cuts it off.
    if (packet.duration === 0n && frameTicks.has(track)) packet.duration = frameTicks.get(track)!
    packet.rescaleTs(track.context.timeBase, track.stream.timeBase)
    packet.streamIndex = track.stream.index
    check(output.interleavedWriteFrameSync(packet), 'write')
  }
}

const tracks = [videoTrack(recipe), audioTrack(recipe)].filter((track) => track !== undefined)
check(output.openOutputSync(), 'open')
check(output.writeHeaderSync(Dictionary.fromObject({ ...recipe.options })), 'header')
for (const track of tracks) {
  let index = 0
  for (const frame of track.frames) {
    frame.pts = track.timeOf(index, frame)
    frame.timeBase = track.context.timeBase
    frame.pictType = AV_PICTURE_TYPE_NONE
    if (frame.isVideo()) frameTicks.set(track, 1000n)
    index += 1
    encode(track, frame)
  }
  encode(track, null)
}
check(output.interleavedWriteFrameSync(null), 'flush')
check(output.writeTrailerSync(), 'trailer')
output.closeOutputSync()
