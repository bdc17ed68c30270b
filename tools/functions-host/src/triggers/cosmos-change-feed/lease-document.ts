/** Which kind of feed a lease is for. */
export type FeedMode = 'LatestVersion' | 'AllVersionsAndDeletes'

/** A part of the space of hashed partition keys. */
export interface HashRange {
  /** Inclusive; empty for the beginning. */
  readonly min: string
  /** Exclusive. */
  readonly max: string
}

/** Who follows one range of a feed and how far it was handled: a document in the lease container. */
export interface LeaseDocument {
  readonly id: string
  /** Layout of leases of ranges, as the change feed processor numbers it. */
  readonly version: 1
  /** The range as text. */
  readonly LeaseToken: string
  readonly FeedRange: HashRange
  readonly Mode: FeedMode
  /** Name of the instance that follows the range. */
  readonly Owner: string | null
  /** Behind the last batch that was handled; null when none was read. */
  readonly ContinuationToken: string | null
  /** When the owner last showed itself; ISO 8601. */
  readonly timestamp: string
  readonly _etag?: string
}
