import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { describe, expect, it } from '@jest/globals'
import type { ImageVariant } from '@zoetrope/contracts'
import { thumbHashToAverageRGBA } from 'thumbhash'

import { sharp } from '../src/engine.ts'
import { defaultImageLimits, makePlaceholder, probeImage, renderVariants } from '../src/index.ts'

const media = process.env['ZOETROPE_MEDIA'] ?? join(import.meta.dirname, '../../../../shared/media')

function aFolder() {
  const path = mkdtempSync(join(tmpdir(), 'zoetrope-imaging-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

function aVariant(variant: Partial<ImageVariant>): ImageVariant {
  return { name: 'v', fit: 'inside', format: 'webp', quality: 80, ...variant }
}

/** Left half red, right half blue. */
function twoHalves(widthPx: number, heightPx: number) {
  const half = { create: { width: widthPx / 2, height: heightPx, channels: 3 as const, background: 'blue' } }
  return sharp({ create: { width: widthPx, height: heightPx, channels: 3, background: 'red' } }).composite([
    { input: half, left: widthPx / 2, top: 0 },
  ])
}

/** Average colour of the left or right third. */
async function colourOf(file: string, side: 'left' | 'right') {
  const { width, height } = await sharp(file).metadata()
  const third = Math.floor(width / 3)
  const area = { left: side === 'left' ? 0 : width - third, top: 0, width: third, height }
  const { data, info } = await sharp(file).extract(area).raw().toBuffer({ resolveWithObject: true })
  const { channels } = await sharp(data, { raw: info }).stats()
  return channels.map(({ mean }) => Math.round(mean))
}

async function code(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'none',
    (error: { code?: string }) => error.code ?? String(error),
  )
}

// The loaders of memory buffers and of SVG are blocked in the product; tests write files and read those.
describe('probing an image', () => {
  it('tells size as displayed, format, frames and transparency', async () => {
    using folder = aFolder()
    const file = join(folder.path, 'turned')
    await twoHalves(60, 40).jpeg().withMetadata({ orientation: 6 }).toFile(file)

    expect(await probeImage(file)).toMatchObject({
      format: 'jpeg',
      widthPx: 40,
      heightPx: 60,
      frames: 1,
      hasAlpha: false,
      orientation: 6,
    })
  })

  it('refuses what is no image, is cut off, is a drawing, is empty, or is too much, each with its code', async () => {
    using folder = aFolder()
    const file = (name: string, content: string | Buffer): string => {
      const path = join(folder.path, name)
      writeFileSync(path, content)
      return path
    }
    const png = await twoHalves(64, 64).png().toBuffer()
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'

    expect(await code(probeImage(file('a.jpg', 'just words')))).toBe('SOURCE_TYPE_UNSUPPORTED')
    expect(await code(probeImage(file('b.png', svg)))).toBe('SOURCE_TYPE_UNSUPPORTED')
    expect(await code(probeImage(file('c.png', '')))).toBe('SOURCE_EMPTY')
    expect(await code(probeImage(file('d.png', png.subarray(0, 20))))).toBe('SOURCE_TRUNCATED')
    expect(await code(probeImage(file('e.png', png), { ...defaultImageLimits, maxPixels: 4095 }))).toBe(
      'SOURCE_LIMIT_EXCEEDED',
    )
  })
})

describe('rendering variants', () => {
  it('keeps shape, turns upright, never upscales, and drops metadata', async () => {
    using folder = aFolder()
    const file = join(folder.path, 'source')
    await twoHalves(600, 400).jpeg().withMetadata({ orientation: 3 }).toFile(file)

    const rendered = await renderVariants(
      file,
      [
        aVariant({ name: 'small', widthPx: 300 }),
        aVariant({ name: 'large', widthPx: 3000, format: 'jpeg' }),
        aVariant({ name: 'square', widthPx: 100, heightPx: 100, fit: 'cover', format: 'png' }),
        aVariant({ name: 'modern', widthPx: 150, format: 'avif' }),
      ],
      folder.path,
    )

    expect(
      rendered.map(({ name, contentType, media: { widthPx, heightPx } }) => [
        name,
        contentType,
        widthPx,
        heightPx,
      ]),
    ).toEqual([
      ['small', 'image/webp', 300, 200],
      ['large', 'image/jpeg', 600, 400],
      ['square', 'image/png', 100, 100],
      ['modern', 'image/avif', 150, 100],
    ])
    for (const { file: made } of rendered) {
      const { orientation, exif, icc } = await sharp(made).metadata()
      expect([orientation ?? 1, exif, icc]).toEqual([1, undefined, undefined])
      // Turned by 180 degrees: what was blue on the right is on the left.
      const [red = 0, , blue = 0] = await colourOf(made, 'left')
      expect(blue - red).toBeGreaterThan(200)
    }
  })

  it('keeps transparency, and lays it on white in JPEG', async () => {
    using folder = aFolder()
    const file = join(folder.path, 'clear')
    await sharp({
      create: { width: 40, height: 40, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
    })
      .png()
      .toFile(file)

    const [webp, jpeg] = await renderVariants(
      file,
      [aVariant({ name: 'a', widthPx: 20 }), aVariant({ name: 'b', widthPx: 20, format: 'jpeg' })],
      folder.path,
    )

    expect([webp?.media.hasAlpha, jpeg?.media.hasAlpha]).toEqual([true, false])
    expect(await colourOf(jpeg?.file ?? '', 'left')).toEqual([255, 255, 255])
  })

  it('sets a picture on a canvas of the asked size', async () => {
    using folder = aFolder()
    const file = join(folder.path, 'source')
    await twoHalves(40, 20).png().toFile(file)

    const [made] = await renderVariants(
      file,
      [aVariant({ widthPx: 120, heightPx: 90, fit: 'contain', format: 'jpeg' })],
      folder.path,
    )

    expect(made?.media).toMatchObject({ widthPx: 120, heightPx: 90 })
    expect(await colourOf(made?.file ?? '', 'left')).toEqual([255, 255, 255])
  })

  it('keeps an animation in WebP up to the limit, and takes its first frame elsewhere', async () => {
    using folder = aFolder()
    const file = join(folder.path, 'source')
    const frames = Buffer.alloc(20 * 60 * 3, 0).fill(200, 20 * 20 * 3)
    await sharp(frames, { raw: { width: 20, height: 60, channels: 3, pageHeight: 20 } })
      .gif({ delay: [50, 50, 50] })
      .toFile(file)
    const variants = [
      aVariant({ name: 'a', widthPx: 10 }),
      aVariant({ name: 'b', widthPx: 10, format: 'png' }),
    ]

    const kept = await renderVariants(file, variants, folder.path)
    const limits = { ...defaultImageLimits, maxAnimationPixels: 100 }
    const still = await renderVariants(file, variants, folder.path, { limits })

    expect((await probeImage(file)).frames).toBeGreaterThan(1)
    expect(kept.map(({ media: { frames: count, heightPx } }) => [count! > 1, heightPx])).toEqual([
      [true, 10],
      [false, 10],
    ])
    expect(still.map(({ media: { frames: count, heightPx } }) => [count, heightPx])).toEqual([
      [1, 10],
      [1, 10],
    ])
  })

  it('fails typed where the pixels end too early, and leaves local paths out of what it says', async () => {
    using folder = aFolder()
    const file = join(folder.path, 'cut')
    await twoHalves(800, 800).jpeg().toFile(file)
    truncateSync(file, Math.floor(readFileSync(file).length / 2))

    const error = await renderVariants(file, [aVariant({ widthPx: 100 })], folder.path).catch(
      (thrown: unknown) => thrown,
    )

    expect(error).toMatchObject({ code: 'SOURCE_TRUNCATED', facts: {} })
    expect((error as Error).message).not.toContain(folder.path)
  })
})

describe('a placeholder', () => {
  it('has the colour of the picture, a ThumbHash, and a tiny picture', async () => {
    using folder = aFolder()
    const file = join(folder.path, 'source')
    await sharp({ create: { width: 900, height: 300, channels: 3, background: '#1060c0' } })
      .png()
      .toFile(file)

    const { thumbhash, dominantColor, placeholderDataUri } = await makePlaceholder(file)

    const { r, g, b } = thumbHashToAverageRGBA(Buffer.from(thumbhash, 'base64'))
    expect([r, g, b].map((part) => Math.round(part * 255))).toEqual([
      expect.closeTo(0x10, -1.5),
      expect.closeTo(0x60, -1.5),
      expect.closeTo(0xc0, -1.5),
    ])
    expect(dominantColor).toMatch(/^#[0-9a-f]{6}$/)
    expect(Number.parseInt(dominantColor.slice(5), 16)).toBeGreaterThan(
      Number.parseInt(dominantColor.slice(1, 3), 16),
    )
    expect(placeholderDataUri).toMatch(/^data:image\/webp;base64,/)
    expect(placeholderDataUri.length).toBeLessThan(1024)
  })
})

const describeIfMedia = existsSync(media) ? describe : describe.skip
if (!existsSync(media)) process.stderr.write(`SKIPPED: real images are not at ${media} (ZOETROPE_MEDIA).\n`)

describeIfMedia('real images', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('are turned upright from EXIF orientation %i', async (orientation) => {
    using folder = aFolder()
    const source = join(media, `exif-orientation/Landscape_${orientation}.jpg`)
    const upright = join(media, 'exif-orientation/Landscape_1.jpg')
    const wanted = [aVariant({ widthPx: 64, heightPx: 64, format: 'png' })]

    const [made] = await renderVariants(source, wanted, folder.path)
    const pixels = await sharp(made?.file).removeAlpha().raw().toBuffer()
    const [model] = await renderVariants(upright, wanted, folder.path)
    const expected = await sharp(model?.file).removeAlpha().raw().toBuffer()

    expect(made!.media.widthPx!).toBeGreaterThan(made!.media.heightPx!)
    expect(pixels.length).toBe(expected.length)
    const difference = pixels.reduce((sum, value, index) => sum + Math.abs(value - expected[index]!), 0)
    expect(difference / pixels.length).toBeLessThan(12)
  })

  it.each([
    ['androidx-media/heif/sample_still_photo.heic', 'SOURCE_CODEC_UNSUPPORTED'],
    ['sharp-fixtures/truncated.jpg', 'SOURCE_TRUNCATED'],
    ['sharp-fixtures/truncated.png', 'SOURCE_TRUNCATED'],
    ['sharp-fixtures/giant-image.jpg', 'SOURCE_LIMIT_EXCEEDED'],
    ['sharp-fixtures/check.svg', 'SOURCE_TYPE_UNSUPPORTED'],
    ['pngsuite/png/xcsn0g01.png', 'SOURCE_CORRUPT'],
  ])('that cannot be used say why: %s', async (name, expected) => {
    using folder = aFolder()

    expect(await code(renderVariants(join(media, name), [aVariant({ widthPx: 64 })], folder.path))).toBe(
      expected,
    )
  })
})
