import { err } from '@zoetrope/contracts'
import type { ErrorCode, ZoetropeError } from '@zoetrope/contracts'
import { AVERROR_DECODER_NOT_FOUND, AVERROR_INVALIDDATA, AVERROR_PATCHWELCOME } from 'node-av/constants'
import { FFmpegError } from 'node-av/lib'

/** The error of the catalogue for a return code of FFmpeg about the source. */
export function sourceFailure(code: number, doing: string): ZoetropeError {
  return err(sourceCode(code), { detail: `${doing}: ${FFmpegError.strerror(code)}`, context: { code } })
}

function sourceCode(code: number): ErrorCode {
  switch (code) {
    case AVERROR_DECODER_NOT_FOUND:
    case AVERROR_PATCHWELCOME:
      return 'SOURCE_CODEC_UNSUPPORTED'
    case AVERROR_INVALIDDATA:
      return 'SOURCE_CORRUPT'
    default:
      return 'SOURCE_CORRUPT'
  }
}

/** Throws `INTERNAL` where FFmpeg refuses what only we can have got wrong (an encoder's or a filter's settings). */
export function must(code: number, doing: string): number {
  if (code < 0)
    throw err('INTERNAL', { detail: `${doing}: ${FFmpegError.strerror(code)}`, context: { code } })
  return code
}
