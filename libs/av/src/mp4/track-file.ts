import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'

import { err } from '@zoetrope/contracts'

import { findBox, readBoxes } from './read-box.ts'

/** A fragment of a track file: where it is and when it is shown. */
export interface FragmentEntry {
  readonly offsetBytes: number
  readonly sizeBytes: number
  readonly startTicks: number
  readonly durationTicks: number
  readonly samples: number
}

/** What stands in a track file of ours. */
export interface TrackFile {
  readonly path: string
  readonly kind: 'video' | 'audio'
  readonly timescale: number
  /** The initialisation segment. */
  readonly init: Buffer
  /** RFC 6381. */
  readonly codecs: string
  readonly widthPx: number
  readonly heightPx: number
  readonly channels: number
  readonly sampleRateHz: number
  readonly fragments: readonly FragmentEntry[]
}

/** No index of ours is larger. */
const maxIndexBytes = 16 * 1024 * 1024

/** Reads the initialisation segment and the index of all fragments; the media stays on disk. */
export async function readTrackFile(path: string): Promise<TrackFile> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw err('SOURCE_MISSING', { cause })
  })
  try {
    const { size } = await file.stat()
    const init: Buffer[] = []
    const fragments: FragmentEntry[] = []
    let index: { offsetBytes: number; body: Buffer } | undefined
    for (let offset = 0; offset < size;) {
      const { type, sizeBytes } = await readHeader(file, offset)
      if (offset + sizeBytes > size) throw err('SOURCE_TRUNCATED')
      if (type === 'ftyp' || type === 'moov') init.push(await readBytes(file, offset, sizeBytes))
      if (type === 'moof')
        index = { offsetBytes: offset, body: (await readBytes(file, offset, sizeBytes)).subarray(8) }
      if (type === 'mdat' && index) {
        const length = offset + sizeBytes - index.offsetBytes
        fragments.push({ offsetBytes: index.offsetBytes, sizeBytes: length, ...readTimes(index.body) })
        index = undefined
      }
      offset += sizeBytes
    }
    if (fragments.length === 0) throw err('SOURCE_CORRUPT', { detail: 'The track file holds no fragment.' })
    const initBytes = Buffer.concat(init)
    return { path, init: initBytes, fragments, ...readInit(initBytes) }
  } finally {
    await file.close()
  }
}

async function readHeader(file: FileHandle, offset: number): Promise<{ type: string; sizeBytes: number }> {
  const head = await readBytes(file, offset, 8)
  const sizeBytes = head.readUInt32BE(0)
  if (sizeBytes < 8) throw err('SOURCE_CORRUPT', { detail: 'The track file is not one of ours.' })
  return { type: head.toString('latin1', 4, 8), sizeBytes }
}

async function readBytes(file: FileHandle, offset: number, sizeBytes: number): Promise<Buffer> {
  if (sizeBytes > maxIndexBytes) throw err('SOURCE_CORRUPT', { detail: 'The track file is not one of ours.' })
  const bytes = Buffer.alloc(sizeBytes)
  const { bytesRead } = await file.read(bytes, 0, sizeBytes, offset)
  if (bytesRead < sizeBytes) throw err('SOURCE_TRUNCATED')
  return bytes
}

const withFirstFlags = 0x4
const withDurations = 0x100
const withSizes = 0x200
const withFlags = 0x400
const withCompositionOffsets = 0x800

function readTimes(moof: Buffer): { startTicks: number; durationTicks: number; samples: number } {
  const decodeTime = findBox(moof, 'traf tfdt')
  const run = findBox(moof, 'traf trun')
  if (!decodeTime || !run) throw err('SOURCE_CORRUPT', { detail: 'A fragment has no times.' })
  const flags = run.readUInt32BE(0) & 0xffffff
  if ((flags & withDurations) === 0) throw err('SOURCE_CORRUPT', { detail: 'A fragment has no durations.' })
  const samples = run.readUInt32BE(4)
  const columns = [withDurations, withSizes, withFlags, withCompositionOffsets].filter(
    (flag) => flags & flag,
  ).length
  let offset = 8 + (flags & 0x1 ? 4 : 0) + (flags & withFirstFlags ? 4 : 0)
  let durationTicks = 0
  for (let index = 0; index < samples; index += 1) {
    durationTicks += run.readUInt32BE(offset)
    offset += columns * 4
  }
  return { startTicks: Number(decodeTime.readBigUInt64BE(4)), durationTicks, samples }
}

function readInit(init: Buffer): Omit<TrackFile, 'path' | 'init' | 'fragments'> {
  const track = findBox(init, 'moov trak')
  const header = track && findBox(track, 'mdia mdhd')
  const descriptions = track && findBox(track, 'mdia minf stbl stsd')
  const entry = descriptions && readBoxes(descriptions.subarray(8))[0]
  if (!header || !entry) throw err('SOURCE_CORRUPT', { detail: 'The track file has no header.' })
  const timescale = header.readUInt32BE(12)
  if (entry.type === 'avc1') {
    const avc = findBox(entry.body.subarray(78), 'avcC')
    return {
      kind: 'video',
      timescale,
      codecs: `avc1.${avc?.subarray(1, 4).toString('hex').toUpperCase() ?? ''}`,
      widthPx: entry.body.readUInt16BE(24),
      heightPx: entry.body.readUInt16BE(26),
      channels: 0,
      sampleRateHz: 0,
    }
  }
  return {
    kind: 'audio',
    timescale,
    codecs: `mp4a.40.${audioObjectType(entry.body.subarray(28))}`,
    widthPx: 0,
    heightPx: 0,
    channels: entry.body.readUInt16BE(16),
    sampleRateHz: timescale,
  }
}

/** The first five bits of the decoder's configuration (descriptor 5 of `esds`). */
function audioObjectType(boxes: Buffer): number {
  const stream = findBox(boxes, 'esds')
  const lowComplexity = 2
  const marker = Buffer.from([0x05, 0x80, 0x80, 0x80])
  const at = stream?.indexOf(marker) ?? -1
  return stream && at >= 0 ? (stream[at + 5] ?? lowComplexity << 3) >> 3 : lowComplexity
}
