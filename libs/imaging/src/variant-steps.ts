import type { ImageVariant } from '@zoetrope/contracts'

import type { Sharp } from './engine.ts'
import type { VariantPlan } from './plan-variant.ts'

/** One step from a decoded picture to a file. */
type Step = (image: Sharp, variant: ImageVariant, plan: VariantPlan) => Sharp

const white = { r: 255, g: 255, b: 255 }
const clear = { ...white, alpha: 0 }

/** To the size of the plan, both sides given: one alone is rounded differently on the way from a larger picture. */
const scale: Step = (image, _variant, { scaled }) =>
  image.resize(scaled.widthPx, scaled.heightPx, { fit: 'fill', kernel: 'lanczos3' })

/** Cuts the middle out, or sets the picture in the middle of a canvas. */
const frame: Step = (image, variant, { scaled, result }) => {
  const [spareWidth, spareHeight] = [scaled.widthPx - result.widthPx, scaled.heightPx - result.heightPx]
  if (spareWidth === 0 && spareHeight === 0) return image
  if (variant.fit === 'cover') {
    const [left, top] = [Math.floor(spareWidth / 2), Math.floor(spareHeight / 2)]
    return image.extract({ left, top, width: result.widthPx, height: result.heightPx })
  }
  const [left, top] = [Math.floor(-spareWidth / 2), Math.floor(-spareHeight / 2)]
  const [right, bottom] = [-spareWidth - left, -spareHeight - top]
  return image.extend({ left, top, right, bottom, background: variant.format === 'jpeg' ? white : clear })
}

/** JPEG knows no transparency: what shows through is white. */
const flatten: Step = (image, variant) =>
  variant.format === 'jpeg' ? image.flatten({ background: white }) : image

/** sRGB, 8 bits, without metadata (the encoders write none unless asked). */
const normaliseColour: Step = (image) => image.toColourspace('srgb')

const encode: Step = (image, { format, quality }) => {
  switch (format) {
    case 'webp':
      return image.webp({ quality, effort: 4 })
    case 'jpeg':
      return image.jpeg({ quality, mozjpeg: true })
    case 'png':
      return image.png({ compressionLevel: 8, adaptiveFiltering: true })
    case 'avif':
      // Effort 3 costs a fifth of the default's time for 1 % more bytes.
      return image.avif({ quality, effort: 3 })
  }
}

/** From a decoded, upright picture to the file of a variant, in this order. */
export const variantSteps: readonly Step[] = [scale, frame, flatten, normaliseColour, encode]
