import type { KeyPart } from './partition-key.ts'

/** Which physical partition of a container to split, and where. */
export interface SplitPoint {
  /** Where absent, the one that holds `at`, or else one that was split least often. */
  rangeId?: string
  /** A partition key, or a prefix of one: the first that the right half holds. The middle of the hash space of the range where absent. */
  at?: KeyPart[]
}
