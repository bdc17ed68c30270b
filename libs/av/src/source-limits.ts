import { err } from '@zoetrope/contracts'

/** What a source may ask of us. Measured, not believed: headers lie. */
export interface SourceLimits {
  /** Pixels of one picture. */
  readonly maxPixels: number
  readonly maxDurationMs: number
  readonly maxFrames: number
  /** Pixels of all pictures together: a small file can hold minutes of 4K at 60 frames per second. */
  readonly maxTotalPixels: number
}

/** 8K pictures, 12 hours, four hours of 4K at 60 frames per second. */
export const defaultSourceLimits: SourceLimits = {
  maxPixels: 7680 * 4320,
  maxDurationMs: 12 * 3_600_000,
  maxFrames: 12 * 3600 * 60,
  maxTotalPixels: 3840 * 2160 * 4 * 3600 * 60,
}

/** A source as {@link checkLimits} looks at it. */
export interface SourceExtent {
  readonly widthPx: number
  readonly heightPx: number
  readonly frames: number
  readonly durationMs: number
}

/** @throws SOURCE_LIMIT_EXCEEDED naming the limit. */
export function checkLimits(extent: SourceExtent, limits: SourceLimits): void {
  const pixels = extent.widthPx * extent.heightPx
  const faults = [
    pixels > limits.maxPixels && `${extent.widthPx}x${extent.heightPx} pixels, at most ${limits.maxPixels}`,
    extent.durationMs > limits.maxDurationMs &&
      `${Math.round(extent.durationMs / 1000)} s, at most ${limits.maxDurationMs / 1000}`,
    extent.frames > limits.maxFrames && `${extent.frames} frames, at most ${limits.maxFrames}`,
    pixels * extent.frames > limits.maxTotalPixels &&
      `${extent.frames} frames of ${extent.widthPx}x${extent.heightPx} pixels are more than it may take to process`,
  ].filter((fault) => fault !== false)
  if (faults.length > 0) throw err('SOURCE_LIMIT_EXCEEDED', { detail: `${faults.join('; ')}.` })
}
