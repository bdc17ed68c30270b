import { rgbaToThumbHash } from 'thumbhash'

import { sharp } from './engine.ts'
import { toImageFailure } from './image-failure.ts'
import type { ImageLimits } from './image-limits.ts'
import { defaultImageLimits } from './image-limits.ts'
import { openImage } from './open-image.ts'

/** What stands in for a picture until it is loaded. */
export interface ImagePlaceholder {
  /** Base64 of the ThumbHash, about 30 characters. */
  readonly thumbhash: string
  /** `#rrggbb`, on white where the picture is transparent. */
  readonly dominantColor: string
  /** A blurred picture of at most 24 pixels a side, as a `data:` URI of WebP, under 1 KB. */
  readonly placeholderDataUri: string
}

/** ThumbHash takes pictures of at most 100 pixels a side. */
const sidePx = 100
const tinySidePx = 24

/**
 * Makes the placeholder of an image.
 *
 * @throws SOURCE_TYPE_UNSUPPORTED, SOURCE_CODEC_UNSUPPORTED, SOURCE_CORRUPT, SOURCE_TRUNCATED, SOURCE_LIMIT_EXCEEDED, SOURCE_EMPTY
 */
export async function makePlaceholder(
  file: string,
  limits: ImageLimits = defaultImageLimits,
): Promise<ImagePlaceholder> {
  const image = await openImage(file, limits)
  try {
    const { data, info } = await image
      .decode()
      .resize(sidePx, sidePx, { fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .ensureAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true })
    const small = sharp(data, { raw: { width: info.width, height: info.height, channels: 4 } })
    const opaque = await small.clone().flatten({ background: '#ffffff' }).raw().toBuffer()
    const { dominant } = await sharp(opaque, {
      raw: { width: info.width, height: info.height, channels: 3 },
    }).stats()
    const tiny = await small
      .clone()
      .resize(tinySidePx, tinySidePx, { fit: 'inside', withoutEnlargement: true })
      .blur(1)
      .webp({ quality: 40, alphaQuality: 40, effort: 6 })
      .toBuffer()
    return {
      thumbhash: Buffer.from(rgbaToThumbHash(info.width, info.height, data)).toString('base64'),
      dominantColor: `#${[dominant.r, dominant.g, dominant.b].map(toHex).join('')}`,
      placeholderDataUri: `data:image/webp;base64,${tiny.toString('base64')}`,
    }
  } catch (thrown) {
    throw await toImageFailure(file, thrown)
  }
}

function toHex(value: number): string {
  return value.toString(16).padStart(2, '0')
}
