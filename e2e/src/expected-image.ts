import sharp from 'sharp'

/** What a rendition bounded by a width must measure: the source as displayed, scaled down, never up. */
export async function expectedSize(
  source: string,
  boundPx: number,
): Promise<{ readonly widthPx: number; readonly heightPx: number }> {
  const { width, height, orientation = 1 } = await sharp(source).metadata()
  const [shownWidth, shownHeight] = orientation >= 5 ? [height, width] : [width, height]
  const scale = Math.min(1, boundPx / shownWidth)
  return { widthPx: Math.round(shownWidth * scale), heightPx: Math.round(shownHeight * scale) }
}
