/** What a figure must not exceed: the figure itself, or its ratio to the peer's. */
export interface Target {
  readonly of: 'ours' | 'ratio'
  readonly atMost: number
}

/** One measured figure of ours beside the same figure of a peer, both from the same run. */
export interface Figure {
  /** What was measured, in a few words. */
  readonly measure: string
  /** Unit of both values, such as `us CPU per request`. */
  readonly unit: string
  /** Median of our samples. */
  readonly ours: number
  /** The peer and the median of its samples. */
  readonly peer: { readonly name: string; readonly value: number }
  /** Median of the ratios (ours to the peer's) of the paired rounds. */
  readonly ratio: number
  /** Undefined where the figure is for information only. */
  readonly target?: Target
  /** Number of paired rounds. */
  readonly samples: number
}

/** One measure of several contenders in one run: a column for each. */
export interface Comparison {
  readonly measure: string
  readonly unit: string
  /** The contenders and the medians of their samples, ours first. */
  readonly columns: readonly { readonly name: string; readonly value: number }[]
  /** Those that could not be had, and why. */
  readonly absent: readonly { readonly name: string; readonly reason: string }[]
  /** Number of paired rounds. */
  readonly samples: number
}

/** A bench: takes under a minute, leaves nothing behind. */
export interface Bench {
  /** Name on the command line. */
  readonly name: string
  run(): Promise<readonly (Figure | Comparison)[]>
}

/** Whether it is a comparison, and not a figure of ours beside one peer. */
export function isComparison(result: Figure | Comparison): result is Comparison {
  return 'columns' in result
}

/** Whether a figure is within its target; one without a target always is. */
export function isWithinTarget({ target, ours, ratio }: Figure): boolean {
  if (!target) return true
  return (target.of === 'ours' ? ours : ratio) <= target.atMost
}
