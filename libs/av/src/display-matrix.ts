/** How a picture must be turned to be seen upright. */
export interface Orientation {
  /** Clockwise quarter turns of the picture: 0, 90, 180 or 270. */
  readonly rotationDegrees: 0 | 90 | 180 | 270
  /** FFmpeg filters that do it, in order; empty where nothing is to be done. */
  readonly filters: readonly string[]
}

/**
 * Reads a display matrix (nine 32-bit numbers, native order).
 *
 * The same decisions as FFmpeg's own tool (`ffmpeg_filter.c`); turns that are not a quarter are not applied.
 */
export function readOrientation(matrix: Buffer | null): Orientation {
  if (!matrix || matrix.length < 36) return { rotationDegrees: 0, filters: [] }
  const [m0 = 0, m1 = 0, , m3 = 0, m4 = 0] = [0, 1, 2, 3, 4].map((index) => matrix.readInt32LE(index * 4))
  const scaleX = Math.hypot(m0, m3)
  const scaleY = Math.hypot(m1, m4)
  if (scaleX === 0 || scaleY === 0) return { rotationDegrees: 0, filters: [] }
  const clockwise = (Math.atan2(m1 / scaleY, m0 / scaleX) * 180) / Math.PI
  const theta = ((Math.round(clockwise) % 360) + 360) % 360
  switch (theta) {
    case 90:
      return { rotationDegrees: 90, filters: [m3 > 0 ? 'transpose=cclock_flip' : 'transpose=clock'] }
    case 180: {
      const flips = [...(m0 < 0 ? ['hflip'] : []), ...(m4 < 0 ? ['vflip'] : [])]
      return { rotationDegrees: 180, filters: flips }
    }
    case 270:
      return { rotationDegrees: 270, filters: [m3 < 0 ? 'transpose=clock_flip' : 'transpose=cclock'] }
    default:
      return { rotationDegrees: 0, filters: theta === 0 && m4 < 0 ? ['vflip'] : [] }
  }
}
