import { open } from 'node:fs/promises'

import type { ErrorCode } from '@zoetrope/contracts'
import { ZoetropeError, err } from '@zoetrope/contracts'

/** Formats known by their first bytes, with how a whole file of them ends or how long it says that it is. */
interface Signature {
  readonly isMatch: (head: Buffer) => boolean
  readonly isCutOff?: (head: Buffer, tail: Buffer, sizeBytes: number) => boolean
}

const signatures: readonly Signature[] = [
  {
    isMatch: (head) => head.subarray(0, 3).toString('hex') === 'ffd8ff',
  },
  {
    isMatch: (head) => head.subarray(0, 8).toString('hex') === '89504e470d0a1a0a',
    isCutOff: (_head, tail) => !tail.includes('IEND'),
  },
  {
    isMatch: (head) => head.toString('latin1', 0, 4) === 'RIFF' && head.toString('latin1', 8, 12) === 'WEBP',
    isCutOff: (head, _tail, sizeBytes) => head.readUInt32LE(4) + 8 > sizeBytes,
  },
  {
    isMatch: (head) => /^GIF8[79]a/.test(head.toString('latin1', 0, 6)),
  },
  {
    isMatch: (head) => ['49492a00', '4d4d002a', '49492b00', '4d4d002b'].includes(head.toString('hex', 0, 4)),
  },
]

/** Brands of an ISO base media file that hold pictures that we have no decoder for: HEVC (phone photos), sequences of AV1. */
const heicBrands = /^ftyp(heic|heix|heim|heis|hevc|hevx|mif1|msf1|avis)/

/**
 * What a failure of the decoder means for the owner of the file. The decoder's own words go to the log only: they hold
 * local paths.
 */
export async function toImageFailure(file: string, thrown: unknown): Promise<ZoetropeError> {
  if (thrown instanceof ZoetropeError) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  const code = await codeOf(file, message)
  return err(code, { cause: thrown })
}

async function codeOf(file: string, message: string): Promise<ErrorCode> {
  const { head, tail, sizeBytes } = await readEnds(file)
  if (sizeBytes === 0) return 'SOURCE_EMPTY'
  if (/exceeds pixel limit|exceeds.*limit|too large/i.test(message)) return 'SOURCE_LIMIT_EXCEEDED'
  if (/premature end|unexpected end|end of file|truncat/i.test(message)) return 'SOURCE_TRUNCATED'
  if (heicBrands.test(head.toString('latin1', 4, 12))) return 'SOURCE_CODEC_UNSUPPORTED'
  const signature = signatures.find(({ isMatch }) => isMatch(head))
  if (signature?.isCutOff?.(head, tail, sizeBytes)) return 'SOURCE_TRUNCATED'
  if (/unsupported image format/i.test(message) && !signature) return 'SOURCE_TYPE_UNSUPPORTED'
  return 'SOURCE_CORRUPT'
}

async function readEnds(file: string): Promise<{ head: Buffer; tail: Buffer; sizeBytes: number }> {
  await using handle = await open(file, 'r')
  const { size } = await handle.stat()
  const head = Buffer.alloc(32)
  const tail = Buffer.alloc(Math.min(size, 4096))
  await handle.read(head, 0, head.length, 0)
  await handle.read(tail, 0, tail.length, size - tail.length)
  return { head, tail, sizeBytes: size }
}
