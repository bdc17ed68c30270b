import { defaultImageLimits } from './image-limits.ts'
import type { ImageLimits } from './image-limits.ts'
import { openImage } from './open-image.ts'

/** What an image file is, by its decoded header. */
export interface ImageFacts {
  readonly format: string
  /** How the pixels are compressed, where the format leaves a choice; else the format. */
  readonly codec: string
  /** As displayed: orientation applied. */
  readonly widthPx: number
  readonly heightPx: number
  readonly frames: number
  readonly hasAlpha: boolean
  readonly hasProfile: boolean
  readonly orientation: number
}

/**
 * Reads what an image is, without decoding its pixels.
 *
 * @throws SOURCE_TYPE_UNSUPPORTED, SOURCE_CODEC_UNSUPPORTED, SOURCE_CORRUPT, SOURCE_TRUNCATED, SOURCE_LIMIT_EXCEEDED, SOURCE_EMPTY
 */
export async function probeImage(
  file: string,
  limits: ImageLimits = defaultImageLimits,
): Promise<ImageFacts> {
  const { decode: _decode, file: _file, ...facts } = await openImage(file, limits)
  return facts
}
