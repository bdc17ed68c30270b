import { AVCOL_SPC_RGB, AV_FRAME_FLAG_INTERLACED } from 'node-av/constants'
import type { Frame } from 'node-av/lib'

import type { VideoTrack } from './track.ts'

/** Width and height in pixels. */
export interface PictureSize {
  readonly widthPx: number
  readonly heightPx: number
}

/** The wanted size, even, and never larger than the source is. */
export function fitEven(wanted: PictureSize, source: PictureSize): PictureSize {
  const scale = Math.min(1, source.widthPx / wanted.widthPx, source.heightPx / wanted.heightPx)
  const even = (px: number, limit: number): number =>
    Math.max(2, Math.min(Math.round((px * scale) / 2) * 2, limit - (limit % 2)))
  return {
    widthPx: even(wanted.widthPx, Math.max(2, source.widthPx)),
    heightPx: even(wanted.heightPx, Math.max(2, source.heightPx)),
  }
}

/** Filters that bring decoded frames to the wanted size: progressive, square pixels, upright, in this pixel format. */
export function pictureFilters(
  frame: Frame,
  track: VideoTrack,
  size: PictureSize,
  pixels: { readonly format: string; readonly scaleOptions?: string },
): string {
  const { rotationDegrees, filters } = track.orientation
  const isTurned = rotationDegrees === 90 || rotationDegrees === 270
  const [width, height] = isTurned ? [size.heightPx, size.widthPx] : [size.widthPx, size.heightPx]
  const matrix = frame.colorSpace === AVCOL_SPC_RGB ? ':out_color_matrix=bt709' : ''
  return [
    ...(frame.hasFlags(AV_FRAME_FLAG_INTERLACED) ? ['bwdif=mode=send_frame:deint=interlaced'] : []),
    `scale=${width}:${height}:flags=bicubic${matrix}${pixels.scaleOptions ?? ''}`,
    'setsar=1',
    `format=${pixels.format}`,
    ...filters,
  ].join(',')
}
