/** What a generated source holds. */
export interface SourceRecipe {
  readonly path: string
  /** FFmpeg's name of the muxer. */
  readonly format: string
  readonly options?: Readonly<Record<string, string>>
  readonly video?: {
    readonly width: number
    readonly height: number
    readonly frames: number
    readonly fps: number
    readonly codec?: string
    readonly startMs?: number
    /** Times of the frames, where they are not evenly spaced. */
    readonly timesMs?: readonly number[]
    /** Filter over the test picture. */
    readonly filter?: string
    /** Display matrix. */
    readonly matrix?: readonly number[]
  }
  readonly audio?: {
    readonly samples: number
    readonly sampleRate: number
    readonly channels?: number
    readonly codec?: string
    readonly sampleFormat?: string
    readonly frameSize?: number
    readonly startMs?: number
  }
}
