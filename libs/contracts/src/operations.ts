import { z } from 'zod'

import type { QueueName } from './resources.ts'

const px = z.int().positive().max(16_384)

/** What `video.probe` and `image.probe` report in `facts`, and the planner plans with. */
export const ProbeFacts = z.object({
  /** sha256 of the source's bytes; absent where reading them whole is not worth it (over 1 GiB). */
  fingerprint: z.string().optional(),
  mediaType: z.enum(['image', 'video', 'audio']),
  durationMs: z.number().nonnegative().optional(),
  /** The main picture as displayed (orientation and pixel aspect applied); absent for audio. */
  video: z
    .object({
      widthPx: z.int().positive(),
      heightPx: z.int().positive(),
      codec: z.string(),
      frameRate: z.object({ num: z.int(), den: z.int().positive() }).optional(),
      bitrateBps: z.int().optional(),
    })
    .optional(),
  /** The main sound; absent for images and silent films. */
  audio: z
    .object({ codec: z.string(), channels: z.int().positive(), sampleRateHz: z.int().positive() })
    .optional(),
})
/** What a probe reports in `facts`. */
export type ProbeFacts = z.infer<typeof ProbeFacts>

/** One wanted image: the name becomes the rendition's name. Never upscales; missing sides follow the source's shape. */
export const ImageVariant = z.object({
  name: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,62}$/),
  widthPx: px.optional(),
  heightPx: px.optional(),
  fit: z.enum(['inside', 'cover', 'contain']).default('inside'),
  format: z.enum(['webp', 'jpeg', 'png', 'avif']),
  quality: z.int().min(1).max(100).default(80),
})
/** One wanted image. */
export type ImageVariant = z.infer<typeof ImageVariant>

/** Parameters of every operation, by name. The worker normalises them through these schemas before hashing. */
export const operationParameters = {
  'image.probe': z.object({}),
  'image.variants': z.object({ variants: z.array(ImageVariant).min(1).max(20) }),
  'image.placeholder': z.object({}),
  'video.probe': z.object({}),
  /** One rung of the ladder. Dimensions as displayed, even; bitrate average of the video alone. */
  'video.encode': z.object({
    name: z.string(),
    widthPx: px,
    heightPx: px,
    bitrateBps: z.int().positive(),
    gopSeconds: z.number().positive().default(2),
  }),
  'audio.encode': z.object({
    name: z.string().default('audio'),
    bitrateBps: z.int().positive().default(128_000),
  }),
  /** Inputs are named as the encodes that made them: `video:<name>` and `audio:<name>`. */
  'video.package': z.object({ segmentSeconds: z.number().positive().default(4) }),
  'video.poster': z.object({ atMs: z.number().nonnegative().optional(), widthPx: px.default(1280) }),
} as const

/** Name of an operation. */
export type OperationName = keyof typeof operationParameters

/** What the engine has to know of an operation beside its parameters. */
export interface OperationTraits {
  /** Queue of the app that owns it. */
  readonly queue: QueueName
  /** How much of a job's time it takes, roughly, beside the others. */
  readonly weight: number
  /** `source`: it works on the asset's file. `results`: on what the tasks that it needs have made. */
  readonly inputs: 'source' | 'results'
  /** The kind of rendition that it gives; absent where it only prepares. */
  readonly rendition?: 'image' | 'poster' | 'placeholder' | 'package'
}

/** Every operation, in one table. */
export const operationTraits: Readonly<Record<OperationName, OperationTraits>> = {
  'image.probe': { queue: 'tasks-images', weight: 1, inputs: 'source' },
  'image.variants': { queue: 'tasks-images', weight: 6, inputs: 'source', rendition: 'image' },
  'image.placeholder': { queue: 'tasks-images', weight: 1, inputs: 'source', rendition: 'placeholder' },
  'video.probe': { queue: 'tasks-video', weight: 1, inputs: 'source' },
  'video.encode': { queue: 'tasks-video', weight: 20, inputs: 'source' },
  'audio.encode': { queue: 'tasks-video', weight: 3, inputs: 'source' },
  'video.package': { queue: 'tasks-video', weight: 3, inputs: 'results', rendition: 'package' },
  'video.poster': { queue: 'tasks-video', weight: 2, inputs: 'source', rendition: 'poster' },
}

/** The traits of an operation by its name; undefined for one that nobody knows. */
export function traitsOf(operation: string): OperationTraits | undefined {
  return Object.hasOwn(operationTraits, operation) ? operationTraits[operation as OperationName] : undefined
}

/** Meters, with their smallest unit. Quantities are deterministic: made of what was put out, never of wall time. */
export const meters = {
  'media.probes': 'count',
  'image.pixels': 'pixel',
  'image.placeholders': 'count',
  'video.encode.sd': 'ms',
  'video.encode.hd': 'ms',
  'video.encode.uhd': 'ms',
  'audio.encode': 'ms',
  'video.package': 'ms',
} as const
/** Name of a meter. */
export type MeterName = keyof typeof meters
