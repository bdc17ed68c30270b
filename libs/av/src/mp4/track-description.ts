/** How colours are coded: code points of ISO 23091-2; absent where the source does not say. */
export interface ColourDescription {
  readonly primaries: number
  readonly transfer: number
  readonly matrix: number
  readonly isFullRange: boolean
}

/** An H.264 track. */
export interface VideoDescription {
  readonly kind: 'video'
  /** Ticks per second. */
  readonly timescale: number
  readonly widthPx: number
  readonly heightPx: number
  /**
   * How much later than decoded a picture may have to be shown for those between to be decoded first, in ticks. Added to
   * all composition times and taken off again by the edit list.
   */
  readonly reorderTicks: number
  /** `AVCDecoderConfigurationRecord`. */
  readonly avcConfiguration: Buffer
  readonly colour?: ColourDescription
}

/** An AAC track; one tick is one sample. */
export interface AudioDescription {
  readonly kind: 'audio'
  readonly timescale: number
  readonly channels: number
  readonly bitrateBps: number
  /** `AudioSpecificConfig`. */
  readonly audioConfiguration: Buffer
}

/** What an initialisation segment tells of its one track. */
export type TrackDescription = VideoDescription | AudioDescription
