import {
  AVCOL_TRC_ARIB_STD_B67,
  AVCOL_TRC_SMPTE2084,
  AVMEDIA_TYPE_AUDIO,
  AVMEDIA_TYPE_VIDEO,
  AV_DISPOSITION_ATTACHED_PIC,
  AV_DISPOSITION_DEFAULT,
  AV_DISPOSITION_TIMED_THUMBNAILS,
  AV_PKT_DATA_DISPLAYMATRIX,
} from 'node-av/constants'
import { avGetCodecName, avGetMediaTypeString, avGetPixFmtName } from 'node-av/lib'
import type { Stream } from 'node-av/lib'

import { readOrientation } from './display-matrix.ts'
import type { Orientation } from './display-matrix.ts'
import type { TimeBase } from './time-base.ts'
import { usableDecoder } from './usable-decoders.ts'

/** A picture track of a source, as its header tells. */
export interface VideoTrack {
  readonly index: number
  readonly codec: string
  /** As stored in the stream. */
  readonly codedWidthPx: number
  readonly codedHeightPx: number
  /** As seen: pixel shape and orientation applied. */
  readonly widthPx: number
  readonly heightPx: number
  readonly orientation: Orientation
  /** Average frames per second; absent where the header gives none that can be. */
  readonly frameRate?: TimeBase
  readonly pixelFormat?: string
  readonly hdr: boolean
  readonly timeBase: TimeBase
}

/** A sound track of a source, as its header tells. */
export interface AudioTrack {
  readonly index: number
  readonly codec: string
  readonly channels: number
  readonly sampleRateHz: number
  /** Samples of a whole frame; 0 where they vary or are not known. */
  readonly frameSamples: number
  readonly timeBase: TimeBase
}

/** A stream that is neither a picture nor a sound that we can decode. */
export interface OtherStream {
  readonly index: number
  readonly kind: string
  readonly codec: string
}

/** The tracks of a source: the main picture, the main sound, and everything else by name. */
export interface SourceTracks {
  readonly video?: VideoTrack
  readonly audio?: AudioTrack
  readonly others: readonly OtherStream[]
}

/** Sorts the streams of a source. Cover art and thumbnails are not video; what has no decoder is neither. */
export function describeTracks(streams: readonly Stream[]): SourceTracks {
  const videos = streams.filter(isVideo)
  const audios = streams.filter(isAudio)
  const video = best(videos, (stream) => stream.codecpar.width * stream.codecpar.height)
  const audio = best(audios, (stream) => stream.codecpar.channelLayout.nbChannels)
  const others = streams
    .filter((stream) => stream !== video && stream !== audio)
    .map((stream) => ({
      index: stream.index,
      kind: stream.hasDisposition(AV_DISPOSITION_ATTACHED_PIC)
        ? 'attached-picture'
        : (avGetMediaTypeString(stream.codecpar.codecType) ?? 'unknown'),
      codec: codecName(stream),
    }))
  return {
    ...(video ? { video: describeVideo(video) } : {}),
    ...(audio ? { audio: describeAudio(audio) } : {}),
    others,
  }
}

function isVideo(stream: Stream): boolean {
  return (
    stream.codecpar.codecType === AVMEDIA_TYPE_VIDEO &&
    !stream.hasDisposition(AV_DISPOSITION_ATTACHED_PIC) &&
    !stream.hasDisposition(AV_DISPOSITION_TIMED_THUMBNAILS) &&
    stream.codecpar.width > 0 &&
    stream.codecpar.height > 0 &&
    usableDecoder(stream) !== undefined
  )
}

function isAudio(stream: Stream): boolean {
  return (
    stream.codecpar.codecType === AVMEDIA_TYPE_AUDIO &&
    stream.codecpar.channelLayout.nbChannels > 0 &&
    stream.codecpar.sampleRate > 0 &&
    usableDecoder(stream) !== undefined
  )
}

/** A stream known to hold frames goes first, then the one that the file calls its default, then the largest, then the first. */
function best(streams: readonly Stream[], size: (stream: Stream) => number): Stream | undefined {
  const rank = (stream: Stream): number =>
    (stream.nbFrames > 0n ? 2 : 0) + (stream.hasDisposition(AV_DISPOSITION_DEFAULT) ? 1 : 0)
  return streams.toSorted((a, b) => rank(b) - rank(a) || size(b) - size(a) || a.index - b.index)[0]
}

function describeVideo(stream: Stream): VideoTrack {
  const { width, height } = stream.codecpar
  const orientation = readOrientation(stream.codecpar.getCodedSideData(AV_PKT_DATA_DISPLAYMATRIX))
  const shown = displayedSize(width, height, sampleAspect(stream))
  const isTurned = orientation.rotationDegrees === 90 || orientation.rotationDegrees === 270
  const frameRate = saneFrameRate(stream.avgFrameRate) ?? saneFrameRate(stream.rFrameRate)
  const pixelFormat = avGetPixFmtName(stream.codecpar.format as Parameters<typeof avGetPixFmtName>[0])
  const transfer = stream.codecpar.colorTrc
  return {
    index: stream.index,
    codec: codecName(stream),
    codedWidthPx: width,
    codedHeightPx: height,
    widthPx: isTurned ? shown.heightPx : shown.widthPx,
    heightPx: isTurned ? shown.widthPx : shown.heightPx,
    orientation,
    ...(frameRate ? { frameRate } : {}),
    ...(pixelFormat ? { pixelFormat } : {}),
    hdr: transfer === AVCOL_TRC_SMPTE2084 || transfer === AVCOL_TRC_ARIB_STD_B67,
    timeBase: plainTimeBase(stream.timeBase),
  }
}

function describeAudio(stream: Stream): AudioTrack {
  return {
    index: stream.index,
    codec: codecName(stream),
    channels: stream.codecpar.channelLayout.nbChannels,
    sampleRateHz: stream.codecpar.sampleRate,
    frameSamples: Math.max(0, stream.codecpar.frameSize),
    timeBase: plainTimeBase(stream.timeBase),
  }
}

/** The container's pixel shape goes before the codec's, as in players. */
function sampleAspect(stream: Stream): TimeBase {
  const own = stream.sampleAspectRatio
  return own.num > 0 && own.den > 0 ? own : stream.codecpar.sampleAspectRatio
}

function displayedSize(
  width: number,
  height: number,
  aspect: TimeBase,
): { widthPx: number; heightPx: number } {
  const ratio = aspect.num > 0 && aspect.den > 0 ? aspect.num / aspect.den : 1
  // A pixel shape beyond these bounds is damage, not anamorphic film.
  if (ratio < 0.1 || ratio > 10) return { widthPx: width, heightPx: height }
  return { widthPx: Math.max(1, Math.round(width * ratio)), heightPx: height }
}

function saneFrameRate(rate: TimeBase): TimeBase | undefined {
  if (rate.num <= 0 || rate.den <= 0) return undefined
  const perSecond = rate.num / rate.den
  return perSecond >= 0.01 && perSecond <= 1000 ? plainTimeBase(rate) : undefined
}

function codecName(stream: Stream): string {
  return avGetCodecName(stream.codecpar.codecId) ?? 'unknown'
}

function plainTimeBase(rational: TimeBase): TimeBase {
  return { num: rational.num, den: rational.den }
}
