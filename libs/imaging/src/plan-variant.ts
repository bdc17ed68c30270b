import type { ImageVariant } from '@zoetrope/contracts'

/** Width and height in pixels. */
export interface Size {
  readonly widthPx: number
  readonly heightPx: number
}

/** How one variant comes from a picture: scaled, then cut or set on a canvas to its final size. */
export interface VariantPlan {
  /** Size of the whole picture after scaling. Never larger than the source. */
  readonly scaled: Size
  /** Size of the result: smaller than `scaled` where it is cut, larger where it is set on a canvas. */
  readonly result: Size
}

/**
 * Plans the sizes of a variant. A missing side follows the picture's shape. Never upscales: `inside` gives the picture
 * as it is where it is smaller, `cover` keeps the asked shape at the largest size that the picture has, `contain` sets
 * the picture on a canvas of the asked size.
 */
export function planVariant(
  source: Size,
  variant: Pick<ImageVariant, 'widthPx' | 'heightPx' | 'fit'>,
): VariantPlan {
  const { widthPx: width = Infinity, heightPx: height = Infinity } = variant
  const perWidth = width / source.widthPx
  const perHeight = height / source.heightPx
  const inside = scale(source, Math.min(1, perWidth, perHeight))
  if (variant.fit === 'inside' || !Number.isFinite(width) || !Number.isFinite(height))
    return { scaled: inside, result: inside }
  if (variant.fit === 'contain') return { scaled: inside, result: { widthPx: width, heightPx: height } }
  const shrink = Math.min(1, source.widthPx / width, source.heightPx / height)
  const result = scale({ widthPx: width, heightPx: height }, shrink)
  const cover = Math.max(result.widthPx / source.widthPx, result.heightPx / source.heightPx)
  const scaled = scale(source, Math.min(1, cover))
  return { scaled: atLeast(scaled, result), result }
}

function scale(size: Size, factor: number): Size {
  return {
    widthPx: Math.max(1, Math.round(size.widthPx * factor)),
    heightPx: Math.max(1, Math.round(size.heightPx * factor)),
  }
}

/** Rounding must not leave a cut larger than the picture it is cut from. */
function atLeast(size: Size, least: Size): Size {
  return {
    widthPx: Math.max(size.widthPx, least.widthPx),
    heightPx: Math.max(size.heightPx, least.heightPx),
  }
}
