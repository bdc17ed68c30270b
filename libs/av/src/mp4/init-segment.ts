import type {
  AudioDescription,
  ColourDescription,
  TrackDescription,
  VideoDescription,
} from './track-description.ts'
import { box, fullBox, text, u16, u32, u64, u8 } from './write-box.ts'

const unityMatrix = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
const trackId = 1
/** Language "und", packed. */
const undetermined = 0x55c4

/** An initialisation segment, and where in it the total duration stands (64 bits), to be filled in at the end. */
export interface InitSegment {
  readonly bytes: Buffer
  readonly durationOffset: number
}

/**
 * The initialisation segment of a CMAF track (ISO 23000-19, brand `cmfc`): one track, no samples.
 *
 * Pictures carry one edit that takes the reordering delay off again. Browsers, hls.js and FFmpeg all honour this edit;
 * signed offsets (`cmf2`), which would need none, FFmpeg shows two frames late. Sound has no priming, so it needs no edit.
 */
export function writeInitSegment(track: TrackDescription): InitSegment {
  const brands = track.kind === 'video' ? ['cmfc', 'cfhd'] : ['cmfc', 'caac']
  const bytes = Buffer.concat([
    box('ftyp', text('iso6'), u32(0), text(['iso6', ...brands, 'mp41'].join(''))),
    box('moov', movieHeader(track.timescale), trackBox(track), extendsBox()),
  ])
  return { bytes, durationOffset: bytes.lastIndexOf('mehd') + 8 }
}

function movieHeader(timescale: number): Buffer {
  return fullBox(
    'mvhd',
    {},
    u32(0, 0, timescale, 0),
    u32(0x10000),
    u16(0x0100, 0),
    u32(0, 0),
    unityMatrix,
    u32(0, 0, 0, 0, 0, 0),
    u32(trackId + 1),
  )
}

function extendsBox(): Buffer {
  return box('mvex', fullBox('mehd', { version: 1 }, u64(0n)), fullBox('trex', {}, u32(trackId, 1, 0, 0, 0)))
}

function trackBox(track: TrackDescription): Buffer {
  const isVideo = track.kind === 'video'
  const enabledInMovie = 0x7
  const header = fullBox(
    'tkhd',
    { flags: enabledInMovie },
    u32(0, 0, trackId, 0, 0),
    u32(0, 0),
    u16(0, 0, isVideo ? 0 : 0x0100, 0),
    unityMatrix,
    u32(isVideo ? track.widthPx * 0x10000 : 0, isVideo ? track.heightPx * 0x10000 : 0),
  )
  const handler = fullBox(
    'hdlr',
    {},
    u32(0),
    text(isVideo ? 'vide' : 'soun'),
    u32(0, 0, 0),
    text(isVideo ? 'Video\0' : 'Sound\0'),
  )
  const mediaHeader = fullBox('mdhd', {}, u32(0, 0, track.timescale, 0), u16(undetermined, 0))
  const kindHeader = isVideo ? fullBox('vmhd', { flags: 1 }, u16(0, 0, 0, 0)) : fullBox('smhd', {}, u16(0, 0))
  const inThisFile = 1
  const dataInformation = box('dinf', fullBox('dref', {}, u32(1), fullBox('url ', { flags: inThisFile })))
  const sampleTable = box(
    'stbl',
    fullBox('stsd', {}, u32(1), isVideo ? videoEntry(track) : audioEntry(track)),
    fullBox('stts', {}, u32(0)),
    fullBox('stsc', {}, u32(0)),
    fullBox('stsz', {}, u32(0, 0)),
    fullBox('stco', {}, u32(0)),
  )
  const edits = isVideo && track.reorderTicks > 0 ? [editBox(track.reorderTicks)] : []
  return box(
    'trak',
    header,
    ...edits,
    box('mdia', mediaHeader, handler, box('minf', kindHeader, dataInformation, sampleTable)),
  )
}

/** One edit: everything, from this instant of the media on. Its length is 0, as it is in films whose fragments follow. */
function editBox(mediaTicks: number): Buffer {
  const wholeFilm = 0
  const normalRate = 0x10000
  return box('edts', fullBox('elst', {}, u32(1, wholeFilm, mediaTicks, normalRate)))
}

function videoEntry(track: VideoDescription): Buffer {
  return box(
    'avc1',
    u32(0),
    u16(0, 1),
    u32(0, 0, 0, 0),
    u16(track.widthPx, track.heightPx),
    u32(0x480000, 0x480000, 0),
    u16(1),
    Buffer.alloc(32),
    u16(0x18, 0xffff),
    box('avcC', track.avcConfiguration),
    ...(track.colour ? [colourBox(track.colour)] : []),
    box('pasp', u32(1, 1)),
  )
}

function colourBox(colour: ColourDescription): Buffer {
  return box(
    'colr',
    text('nclx'),
    u16(colour.primaries, colour.transfer, colour.matrix),
    u8(colour.isFullRange ? 0x80 : 0),
  )
}

function audioEntry(track: AudioDescription): Buffer {
  return box(
    'mp4a',
    u32(0),
    u16(0, 1),
    u32(0, 0),
    u16(track.channels, 16, 0, 0),
    u16(Math.min(track.timescale, 0xffff), 0),
    fullBox('esds', {}, elementaryStream(track)),
  )
}

/** Descriptors of ISO 14496-1: the stream (3), its decoder (4), the decoder's configuration (5), the sync layer (6). */
function elementaryStream(track: AudioDescription): Buffer {
  const aacLowComplexity = 0x40
  const audioStream = 0x15
  const specific = descriptor(5, track.audioConfiguration)
  const decoder = descriptor(
    4,
    u8(aacLowComplexity, audioStream, 0, 0, 0),
    u32(track.bitrateBps, track.bitrateBps),
    specific,
  )
  return descriptor(3, u16(trackId), u8(0), decoder, descriptor(6, u8(2)))
}

function descriptor(tag: number, ...contents: readonly Buffer[]): Buffer {
  const body = Buffer.concat(contents)
  return Buffer.concat([u8(tag, 0x80, 0x80, 0x80, body.length), body])
}
