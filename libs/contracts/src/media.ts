import { z } from 'zod'

const count = z.int().nonnegative()
const rational = z.object({ num: z.int(), den: z.int().positive() })

/** What is known of a file by decoding it. All fields optional: a file has what it has. Durations in ms, sizes in pixels as displayed. */
export const MediaInfo = z.object({
  format: z.string().optional(),
  widthPx: count.optional(),
  heightPx: count.optional(),
  frames: count.optional(),
  hasAlpha: z.boolean().optional(),
  durationMs: z.number().nonnegative().optional(),
  bitrateBps: count.optional(),
  videoCodec: z.string().optional(),
  audioCodec: z.string().optional(),
  /** RFC 6381 text, as a manifest names it. */
  codecs: z.string().optional(),
  frameRate: rational.optional(),
  rotationDegrees: z.number().optional(),
  sampleRateHz: count.optional(),
  channels: count.optional(),
  hdr: z.boolean().optional(),
  /** Start of this track relative to the presentation, ms. */
  startMs: z.number().optional(),
  thumbhash: z.string().optional(),
  dominantColor: z.string().optional(),
  placeholderDataUri: z.string().optional(),
})
/** What is known of a file by decoding it. */
export type MediaInfo = z.infer<typeof MediaInfo>
