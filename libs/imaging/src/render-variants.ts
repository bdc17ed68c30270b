import { join } from 'node:path'

import type { ImageVariant, MediaInfo } from '@zoetrope/contracts'

import type { Sharp } from './engine.ts'
import { sharp } from './engine.ts'
import { toImageFailure } from './image-failure.ts'
import type { ImageLimits } from './image-limits.ts'
import { defaultImageLimits } from './image-limits.ts'
import type { OpenImage } from './open-image.ts'
import { openImage } from './open-image.ts'
import type { Size, VariantPlan } from './plan-variant.ts'
import { planVariant } from './plan-variant.ts'
import { variantSteps } from './variant-steps.ts'

/** A file that was rendered. */
export interface RenderedVariant {
  readonly name: string
  readonly file: string
  readonly contentType: string
  readonly media: MediaInfo
}

/** How variants are rendered. */
export interface RenderOptions {
  readonly limits?: ImageLimits
  /** Called after each variant. */
  readonly onRendered?: (done: number) => void
}

interface Planned {
  readonly variant: ImageVariant
  readonly plan: VariantPlan
  readonly isAnimated: boolean
}

/** Variants up to this size are made from one decoded picture; a larger one comes from the file itself, to bound memory. */
const maxSharedPixels = 24_000_000

/** Encoders at once. */
const concurrency = 2

/**
 * Renders variants of an image into a folder, as `<name>.<extension>`, in the order asked for.
 *
 * The picture is decoded once, at the largest size needed, and all sizes come from that: upright, in sRGB, without
 * metadata, never upscaled. Transparency is kept, in JPEG it becomes white. An animation stays one in WebP, up to
 * `maxAnimationPixels`; elsewhere its first frame is taken.
 *
 * @throws SOURCE_TYPE_UNSUPPORTED, SOURCE_CODEC_UNSUPPORTED, SOURCE_CORRUPT, SOURCE_TRUNCATED, SOURCE_LIMIT_EXCEEDED, SOURCE_EMPTY
 */
export async function renderVariants(
  file: string,
  variants: readonly ImageVariant[],
  folder: string,
  options: RenderOptions = {},
): Promise<RenderedVariant[]> {
  const limits = options.limits ?? defaultImageLimits
  const image = await openImage(file, limits)
  const planned = variants.map((variant) => ({
    variant,
    plan: planVariant(image, variant),
    isAnimated: staysAnimated(image, variant, limits),
  }))
  try {
    const source = await decodeOnce(image, planned)
    const rendered: RenderedVariant[] = []
    const queue = [...planned.entries()]
    let done = 0
    const work = async (): Promise<void> => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        rendered[next[0]] = await render(source(next[1]), next[1], folder)
        done += 1
        options.onRendered?.(done)
      }
    }
    await Promise.all(Array.from({ length: concurrency }, work))
    return rendered
  } catch (thrown) {
    throw await toImageFailure(file, thrown)
  }
}

/** libvips cannot turn several frames at once, so a turned animation (a rarity) becomes a still picture. */
function staysAnimated(image: OpenImage, variant: ImageVariant, limits: ImageLimits): boolean {
  const totalPixels = image.widthPx * image.heightPx * image.frames
  return (
    variant.format === 'webp' &&
    image.frames > 1 &&
    image.orientation === 1 &&
    totalPixels <= limits.maxAnimationPixels
  )
}

/** Decodes the picture at the largest size that variants share; answers where each variant comes from. */
async function decodeOnce(
  image: OpenImage,
  planned: readonly Planned[],
): Promise<(planned: Planned) => Sharp> {
  const isShared = (one: Planned): boolean => !one.isAnimated && pixelsOf(one.plan.scaled) <= maxSharedPixels
  const sizes = planned.filter(isShared).map(({ plan }) => plan.scaled)
  const fromFile = (one: Planned): Sharp => image.decode(one.isAnimated ? 'all' : 'first')
  if (sizes.length === 0) return fromFile
  const widthPx = Math.max(...sizes.map((size) => size.widthPx))
  const heightPx = Math.max(...sizes.map((size) => size.heightPx))
  const { data, info } = await image
    .decode()
    .resize(widthPx, heightPx, { fit: 'fill' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
  const raw = { width: info.width, height: info.height, channels: info.channels }
  return (one) => (isShared(one) ? sharp(data, { raw }) : fromFile(one))
}

async function render(from: Sharp, { variant, plan }: Planned, folder: string): Promise<RenderedVariant> {
  const file = join(folder, `${variant.name}.${extensions[variant.format]}`)
  const image = variantSteps.reduce((picture, step) => step(picture, variant, plan), from)
  const info = await image.toFile(file)
  const frames = info.pages ?? 1
  return {
    name: variant.name,
    file,
    contentType: `image/${variant.format}`,
    media: {
      format: variant.format,
      widthPx: info.width,
      heightPx: info.pageHeight ?? info.height,
      frames,
      hasAlpha: info.channels === 2 || info.channels === 4,
    },
  }
}

const extensions = { webp: 'webp', jpeg: 'jpg', png: 'png', avif: 'avif' } as const

function pixelsOf(size: Size): number {
  return size.widthPx * size.heightPx
}
