/** One rung of an adaptive ladder, as it will be encoded: even dimensions, average video bits per second. */
export interface Rung {
  readonly name: string
  readonly widthPx: number
  readonly heightPx: number
  readonly bitrateBps: number
}

/** A rung as a table has it: `shortSidePx` is the height of a landscape picture, the width of a portrait one. */
export interface RungSpec {
  readonly name: string
  readonly shortSidePx: number
  /** For a 16:9 picture at 30 frames per second. */
  readonly bitrateBps: number
}

/** Two rungs of H.264: one for phones and slow lines, one for screens. */
export const defaultLadder: readonly RungSpec[] = [
  { name: '360p', shortSidePx: 360, bitrateBps: 800_000 },
  { name: '720p', shortSidePx: 720, bitrateBps: 2_800_000 },
]

const smallestBitrateBps = 100_000

/**
 * Chooses the rungs for one source, lowest first; never empty.
 *
 * Never upscales: a rung larger than the source is dropped; a source below the lowest rung is kept at its own size.
 * Keeps the shape of the picture; dimensions are even. Bitrate follows the number of pixels, and never exceeds what the source has.
 */
export function chooseLadder(
  source: { readonly widthPx: number; readonly heightPx: number; readonly bitrateBps?: number | undefined },
  ladder: readonly RungSpec[] = defaultLadder,
): readonly Rung[] {
  const shortSidePx = Math.min(source.widthPx, source.heightPx)
  const fitting = ladder.filter((spec) => spec.shortSidePx <= shortSidePx)
  const lowest = ladder[0]
  if (fitting.length === 0 && lowest) {
    const own = {
      name: `${even(shortSidePx)}p`,
      shortSidePx,
      bitrateBps: lowest.bitrateBps * (shortSidePx / lowest.shortSidePx) ** 2,
    }
    return [toRung(source, own)]
  }
  return fitting.map((spec) => toRung(source, spec))
}

function toRung(
  source: { readonly widthPx: number; readonly heightPx: number; readonly bitrateBps?: number | undefined },
  spec: RungSpec,
): Rung {
  const scale = spec.shortSidePx / Math.min(source.widthPx, source.heightPx)
  const widthPx = even(source.widthPx * scale)
  const heightPx = even(source.heightPx * scale)
  const pixelsOfSpec = spec.shortSidePx ** 2 * (16 / 9)
  const wanted = spec.bitrateBps * ((widthPx * heightPx) / pixelsOfSpec)
  const capped = Math.min(wanted, source.bitrateBps ?? Number.POSITIVE_INFINITY)
  return { name: spec.name, widthPx, heightPx, bitrateBps: Math.max(smallestBitrateBps, Math.round(capped)) }
}

/** The nearest even number, at least 2. */
function even(value: number): number {
  return Math.max(2, Math.round(value / 2) * 2)
}
