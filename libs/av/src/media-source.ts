import { open } from 'node:fs/promises'
import { resolve } from 'node:path'

import { err } from '@zoetrope/contracts'
import { AVDISCARD_ALL, AVDISCARD_DEFAULT, AVERROR_EOF, AV_LOG_QUIET } from 'node-av/constants'
import { Dictionary, FormatContext, InputFormat, Log } from 'node-av/lib'
import type { Packet, Stream } from 'node-av/lib'

import { sourceFailure } from './ffmpeg-failure.ts'
import { readIsoLayout } from './iso-layout.ts'
import type { MediaInput } from './media-input.ts'
import { id3LengthBytes, sniffContainer, sniffedBytes } from './sniff-container.ts'
import type { ContainerFormat } from './sniff-container.ts'
import { openTimeline } from './timeline.ts'
import { describeTracks } from './track.ts'
import { decoderAllowList } from './usable-decoders.ts'

const maxStreams = 200
const maxFaultsInARow = 200
/** Streams without an index, whose clock may begin anew or leap at any packet. */
const clockedDemuxers = new Set(['mpegts', 'mpeg', 'flv', 'ogg'])
/** In these the duration is written by whoever wrote the file, and is not worked out from its size. */
const promisingDemuxers = new Set(['matroska', 'flv', 'avi', 'flac', 'asf'])

/** A source that FFmpeg has opened, by the one demuxer that its bytes call for. Released by `using`. */
export interface MediaSource extends Disposable {
  readonly container: ContainerFormat
  readonly sizeBytes: number
  /** The file ends inside a box. Everything that its index names may be there all the same. */
  readonly isCut: boolean
  /** As the header tells, which may lie: for progress only. 0 where it does not tell. */
  readonly headerDurationMs: number
  /** As the writer of the file promises it, in containers that do and that tell no other way of being cut off. 0: nothing is promised. */
  readonly statedDurationMs: number
  readonly format: FormatContext
  readonly streams: readonly Stream[]
  /** Leaves out all packets of other streams. Call it before the first `read`. */
  select(streamIndexes: readonly number[]): void
  /** Reads the next packet; false at the end. Damage between packets is stepped over, times run on where they begin anew. */
  read(packet: Packet): boolean
}

/**
 * Opens a source.
 *
 * The demuxer is forced by what the first bytes are, it may open nothing else (no other demuxer, no protocol but this
 * file), so that a playlist, an AVI with one inside, or a file with outside references reaches no network.
 *
 * @throws SOURCE_EMPTY SOURCE_TYPE_UNSUPPORTED SOURCE_TRUNCATED SOURCE_CORRUPT SOURCE_MISSING SOURCE_NO_STREAMS
 */
export async function openSource(input: MediaInput): Promise<MediaSource> {
  const { container, sizeBytes, isCut } = await inspect(input)
  Log.setLevel(AV_LOG_QUIET)
  const demuxer = InputFormat.findInputFormat(container.demuxer)
  if (!demuxer) throw err('SOURCE_TYPE_UNSUPPORTED', { detail: `No demuxer for ${container.name}.` })
  const format = new FormatContext()
  using options = Dictionary.fromObject({
    protocol_whitelist: 'file',
    format_whitelist: container.demuxer,
    codec_whitelist: decoderAllowList(),
    max_streams: maxStreams,
  })
  const opened = format.openInputSync(`file:${resolve(input.path)}`, demuxer, options)
  if (opened < 0) throw sourceFailure(opened, `The ${container.name} file could not be opened`)
  const close = (): void => {
    format.closeInputSync()
  }
  const analysed = format.findStreamInfoSync()
  if (analysed < 0 || format.streams.length === 0) {
    close()
    if (analysed < 0) throw sourceFailure(analysed, `The ${container.name} file could not be analysed`)
    throw err('SOURCE_NO_STREAMS')
  }
  const { video, audio } = describeTracks(format.streams)
  const main = [video, audio].filter((track) => track !== undefined)
  const timeline = openTimeline(main, { closesLeaps: clockedDemuxers.has(container.demuxer) })
  // The index of an ISO file cannot count anew: there a track needs no other one to be placed.
  const followed = container.demuxer === 'mov' ? [] : main.map(({ index }) => index)
  const headerDurationMs = format.duration > 0n ? Number(format.duration) / 1000 : 0
  let faults = 0
  let selected: readonly number[] | undefined
  return {
    container,
    sizeBytes,
    isCut,
    headerDurationMs,
    statedDurationMs: promisingDemuxers.has(container.demuxer) ? headerDurationMs : 0,
    format,
    streams: format.streams,
    select(streamIndexes) {
      selected = streamIndexes
      for (const stream of format.streams) {
        const isRead = streamIndexes.includes(stream.index) || followed.includes(stream.index)
        stream.discard = isRead ? AVDISCARD_DEFAULT : AVDISCARD_ALL
      }
    },
    read(packet) {
      for (;;) {
        packet.unref()
        const code = format.readFrameSync(packet)
        if (code >= 0) {
          faults = 0
          if (followed.length > 0) timeline.place(packet)
          // Packets read while the file was analysed are given out although their stream is left out since.
          if (!selected || selected.includes(packet.streamIndex)) return true
          continue
        }
        faults += 1
        if (code === AVERROR_EOF || faults > maxFaultsInARow) return false
      }
    },
    [Symbol.dispose]: close,
  }
}

interface Inspection {
  readonly container: ContainerFormat
  readonly sizeBytes: number
  readonly isCut: boolean
}

async function inspect(input: MediaInput): Promise<Inspection> {
  const file = await open(input.path, 'r').catch((cause: unknown) => {
    throw err('SOURCE_MISSING', { cause })
  })
  try {
    const { size } = await file.stat()
    if (size === 0) throw err('SOURCE_EMPTY')
    const head = Buffer.alloc(Math.min(size, sniffedBytes))
    await file.read(head, 0, head.length, 0)
    const id3Bytes = id3LengthBytes(head)
    const audioStart = Buffer.alloc(sniffedBytes)
    if (id3Bytes > 0) await file.read(audioStart, 0, sniffedBytes, id3Bytes)
    const container = sniffContainer(head, audioStart)
    if (!container) throw err('SOURCE_TYPE_UNSUPPORTED')
    if (container.demuxer !== 'mov') return { container, sizeBytes: size, isCut: false }
    const layout = await readIsoLayout(file, size)
    if (!layout.hasMovie && !layout.isBroken)
      throw err('SOURCE_TRUNCATED', { detail: 'The index of the file is missing.' })
    return { container, sizeBytes: size, isCut: layout.isCut && !layout.isFragmented }
  } finally {
    await file.close()
  }
}
