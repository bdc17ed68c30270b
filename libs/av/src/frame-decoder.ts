import { AVERROR_EAGAIN, AVERROR_EOF, AV_NOPTS_VALUE } from 'node-av/constants'
import { CodecContext, Frame } from 'node-av/lib'
import type { Packet, Stream } from 'node-av/lib'
import { err } from '@zoetrope/contracts'

import { sourceFailure } from './ffmpeg-failure.ts'
import { usableDecoder } from './usable-decoders.ts'

/** Decodes the packets of one stream. Damaged packets are stepped over and counted. */
export interface FrameDecoder extends Disposable {
  /**
   * Sends a packet (null at the end) and gives what comes out. One frame object is used for all of them: a frame is
   * good until the next is asked for.
   */
  decode(packet: Packet | null): Generator<Frame, void, undefined>
  /** Packets that the decoder refused. */
  readonly damagedPackets: number
  /** Frames that came out. */
  readonly frames: number
}

/** Makes the decoder of a stream; `threads` 0 lets FFmpeg choose. */
export function openDecoder(stream: Stream, threads = 0): FrameDecoder {
  const codec = usableDecoder(stream)
  if (!codec) throw err('SOURCE_CODEC_UNSUPPORTED')
  const context = new CodecContext()
  context.allocContext3(codec)
  context.parametersToContext(stream.codecpar)
  // Without it the decoder cannot trim what encoders add before the first sample and after the last.
  context.pktTimebase = stream.timeBase
  context.threadCount = threads
  const opened = context.open2Sync(codec, null)
  if (opened < 0) throw sourceFailure(opened, `The decoder ${codec.name ?? ''} did not open`)
  const frame = new Frame()
  frame.alloc()
  let damagedPackets = 0
  let frames = 0

  function* receive(): Generator<Frame, number, undefined> {
    for (;;) {
      frame.unref()
      const code = context.receiveFrameSync(frame)
      if (code < 0) return code
      frames += 1
      yield frame
    }
  }

  return {
    *decode(packet) {
      for (;;) {
        const code = context.sendPacketSync(packet)
        if (code !== AVERROR_EAGAIN) {
          if (code < 0 && code !== AVERROR_EOF) damagedPackets += 1
          break
        }
        const received = yield* receive()
        if (received !== AVERROR_EAGAIN) return
      }
      // A damaged frame must not end the film: what is left behind it is asked for again.
      for (let faults = 0; faults < 16; faults += 1) {
        const received = yield* receive()
        if (received === AVERROR_EAGAIN || received === AVERROR_EOF) return
        damagedPackets += 1
        if (packet !== null) return
      }
    },
    get damagedPackets() {
      return damagedPackets
    },
    get frames() {
      return frames
    },
    [Symbol.dispose]() {
      frame.free()
      context.freeContext()
    },
  }
}

/** When a frame is to be shown, in its stream's time base; undefined where nothing tells. */
export function frameTime(frame: Frame): bigint | undefined {
  const best = frame.bestEffortTimestamp
  if (best !== AV_NOPTS_VALUE) return best
  return frame.pts === AV_NOPTS_VALUE ? undefined : frame.pts
}
