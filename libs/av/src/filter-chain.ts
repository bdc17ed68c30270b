import { err } from '@zoetrope/contracts'
import { AV_BUFFERSRC_FLAG_KEEP_REF } from 'node-av/constants'
import { Filter, FilterGraph, FilterInOut, Frame, avGetSampleFmtName } from 'node-av/lib'
import type { FilterContext } from 'node-av/lib'

import { must } from './ffmpeg-failure.ts'
import type { TimeBase } from './time-base.ts'

/** Options of {@link openFilterChain}. */
export interface FilterChainOptions {
  /** FFmpeg's filter text for frames like this one. Asked again when the frames change their size or format. */
  readonly describe: (frame: Frame) => string
  /** Time base of the frames that go in (pictures; sound counts in samples). */
  readonly timeBase: TimeBase
}

/** Filters of FFmpeg, rebuilt where the frames change in the middle of the film. */
export interface FilterChain extends Disposable {
  /** Sends a frame (null at the end) and gives what comes out; a frame is good until the next is asked for. */
  push(frame: Frame | null): Generator<Frame, void, undefined>
}

interface Graph {
  readonly shape: string
  readonly graph: FilterGraph
  readonly source: FilterContext
  readonly sink: FilterContext
}

/** Opens a chain. The time base of what comes out stands on the frames. */
export function openFilterChain(options: FilterChainOptions): FilterChain {
  let current: Graph | undefined
  const out = new Frame()
  out.alloc()

  function* drain(from: Graph): Generator<Frame, void, undefined> {
    for (;;) {
      out.unref()
      if (from.sink.buffersinkGetFrameSync(out) < 0) return
      out.timeBase = from.sink.buffersinkGetTimeBase()
      yield out
    }
  }

  function* flush(): Generator<Frame, void, undefined> {
    if (!current) return
    current.source.buffersrcAddFrameSync(null)
    yield* drain(current)
    current.graph.free()
    current = undefined
  }

  return {
    *push(frame) {
      if (!frame) {
        yield* flush()
        return
      }
      const shape = shapeOf(frame)
      if (current && current.shape !== shape) yield* flush()
      current ??= buildGraph(frame, shape, options)
      must(
        current.source.buffersrcAddFrameSync(frame, AV_BUFFERSRC_FLAG_KEEP_REF),
        'A frame could not be filtered',
      )
      yield* drain(current)
    },
    [Symbol.dispose]() {
      current?.graph.free()
      out.free()
    },
  }
}

function shapeOf(frame: Frame): string {
  return frame.isVideo()
    ? `${frame.width}x${frame.height} ${frame.format} ${frame.colorSpace} ${frame.colorRange}`
    : `${frame.sampleRate} ${frame.format} ${frame.channelLayout.nbChannels} ${frame.channelLayout.mask}`
}

function buildGraph(frame: Frame, shape: string, options: FilterChainOptions): Graph {
  const graph = new FilterGraph()
  graph.alloc()
  const isVideo = frame.isVideo()
  const source = isVideo ? videoSource(graph, frame, options.timeBase) : audioSource(graph, frame)
  const sink = graph.createFilter(filterNamed(isVideo ? 'buffersink' : 'abuffersink'), 'out', null)
  if (!sink) throw err('INTERNAL', { detail: 'No filter sink.' })
  const description = options.describe(frame)
  link(graph, description, { source, sink })
  must(graph.configSync(), `The filters ${description} do not fit`)
  return { shape, graph, source, sink }
}

/** Filters are parsed apart and then linked: the bindings' `parsePtr` leaves freed lists in the hands of their owner. */
function link(
  graph: FilterGraph,
  description: string,
  ends: { source: FilterContext; sink: FilterContext },
): void {
  const segment = graph.segmentParse(description)
  if (!segment) throw err('INTERNAL', { detail: `The filters ${description} are not valid.` })
  const inputs = new FilterInOut()
  const outputs = new FilterInOut()
  try {
    const doing = `The filters ${description} cannot be built`
    must(segment.createFilters(), doing)
    must(segment.applyOpts(), doing)
    must(segment.apply(inputs, outputs), doing)
    const [first, last] = [inputs.filterCtx, outputs.filterCtx]
    if (!first || !last) throw err('INTERNAL', { detail: `The filters ${description} have no open end.` })
    must(ends.source.link(0, first, inputs.padIdx), doing)
    must(last.link(outputs.padIdx, ends.sink, 0), doing)
  } finally {
    inputs.free()
    outputs.free()
    segment.free()
  }
}

function videoSource(graph: FilterGraph, frame: Frame, timeBase: TimeBase): FilterContext {
  const source = graph.allocFilter(filterNamed('buffer'), 'in')
  if (!source) throw err('INTERNAL', { detail: 'No filter source.' })
  must(
    source.buffersrcParametersSet({
      width: frame.width,
      height: frame.height,
      format: frame.format,
      timeBase,
      sampleAspectRatio: frame.sampleAspectRatio,
      colorRange: frame.colorRange,
      colorSpace: frame.colorSpace,
    }),
    'The filter source does not take this picture',
  )
  must(source.init(null), 'The filter source does not begin')
  return source
}

function audioSource(graph: FilterGraph, frame: Frame): FilterContext {
  const { mask, nbChannels } = frame.channelLayout
  const sampleFormat = avGetSampleFmtName(frame.format as Parameters<typeof avGetSampleFmtName>[0]) ?? ''
  const layout = mask === 0n ? `${nbChannels}c` : `0x${mask.toString(16)}`
  const source = graph.createFilter(
    filterNamed('abuffer'),
    'in',
    `time_base=1/${frame.sampleRate}:sample_rate=${frame.sampleRate}:sample_fmt=${sampleFormat}:channel_layout=${layout}`,
  )
  if (!source) throw err('SOURCE_CODEC_UNSUPPORTED', { detail: 'The sound has a form that cannot be read.' })
  return source
}

function filterNamed(name: string): Filter {
  const filter = Filter.getByName(name)
  if (!filter) throw err('INTERNAL', { detail: `No filter ${name}.` })
  return filter
}
