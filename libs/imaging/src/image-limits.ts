/** What an image may be at most, before anything of it is decoded. */
export interface ImageLimits {
  /** Pixels of one frame. */
  readonly maxPixels: number
  readonly maxFrames: number
  /** Pixels of all frames together. */
  readonly maxTotalPixels: number
  /** Pixels of all frames together up to which an animation stays one; above, its first frame is taken. */
  readonly maxAnimationPixels: number
}

/** Takes the largest phone pictures (200 megapixels), and refuses bombs. */
export const defaultImageLimits: ImageLimits = {
  maxPixels: 210_000_000,
  maxFrames: 5000,
  maxTotalPixels: 1_000_000_000,
  maxAnimationPixels: 200_000_000,
}
