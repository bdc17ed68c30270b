import type { HashRange } from './lease-document.ts'

/** A range with where its reader stands. */
export interface RangePosition {
  readonly range: HashRange
  readonly continuation: string
}

interface Continuation {
  readonly rid: string
  readonly Continuation: readonly { readonly minInclusive: string; readonly maxExclusive: string }[]
}

/**
 * Where a reader of several ranges stands in each. A continuation holds several ranges once the partition that was read has been
 * split: the children begin where their parent was.
 */
export function splitContinuation(continuation: string): RangePosition[] {
  const whole = JSON.parse(continuation) as Continuation
  return whole.Continuation.map((part) => ({
    range: { min: part.minInclusive, max: part.maxExclusive },
    continuation: JSON.stringify({ ...whole, Continuation: [part] }),
  }))
}
