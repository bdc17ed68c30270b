import { err } from '@zoetrope/contracts'

import type { Sharp } from './engine.ts'
import { sharp } from './engine.ts'
import { toImageFailure } from './image-failure.ts'
import type { ImageLimits } from './image-limits.ts'

/** An image whose header is read and within the limits; nothing is decoded yet. */
export interface OpenImage {
  readonly file: string
  readonly format: string
  readonly codec: string
  /** Of one frame, as displayed: orientation applied. */
  readonly widthPx: number
  readonly heightPx: number
  /** 1 for a still picture; a page of a document counts as a still picture. */
  readonly frames: number
  readonly hasAlpha: boolean
  readonly hasProfile: boolean
  /** EXIF orientation, 1 to 8. */
  readonly orientation: number
  /** A decoder of the picture as displayed: of its first frame, or of all. */
  readonly decode: (extent?: 'first' | 'all') => Sharp
}

/**
 * Opens an image by what is in it, whatever it is called.
 *
 * @throws SOURCE_TYPE_UNSUPPORTED, SOURCE_CODEC_UNSUPPORTED, SOURCE_CORRUPT, SOURCE_TRUNCATED, SOURCE_LIMIT_EXCEEDED, SOURCE_EMPTY
 */
export async function openImage(file: string, limits: ImageLimits): Promise<OpenImage> {
  const options = { failOn: 'error', limitInputPixels: limits.maxTotalPixels, sequentialRead: true } as const
  const metadata = await sharp(file, options)
    .metadata()
    .catch(async (thrown: unknown) => {
      throw await toImageFailure(file, thrown)
    })
  const { format, compression, width, height, autoOrient } = metadata
  if (format === 'heif' && compression !== 'av1') throw err('SOURCE_CODEC_UNSUPPORTED')
  const isAnimation = format === 'gif' || format === 'webp'
  const frames = isAnimation ? Math.max(1, metadata.pages ?? 1) : 1
  const pixels = width * height
  if (pixels > limits.maxPixels || frames > limits.maxFrames || pixels * frames > limits.maxTotalPixels) {
    throw err('SOURCE_LIMIT_EXCEEDED', { detail: `${width} x ${height} pixels, ${frames} frames.` })
  }
  return {
    file,
    format: format === 'heif' ? 'avif' : format,
    codec: compression ?? format,
    widthPx: autoOrient.width,
    heightPx: autoOrient.height,
    frames,
    hasAlpha: metadata.hasAlpha,
    hasProfile: metadata.hasProfile,
    orientation: metadata.orientation ?? 1,
    decode: (extent = 'first') =>
      extent === 'all' ? sharp(file, { ...options, animated: true }) : sharp(file, options).autoOrient(),
  }
}
