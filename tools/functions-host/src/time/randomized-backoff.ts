/** How far a wait is from its middle, either way. */
const randomness = 0.2

/** The waits of a back-off, ms. */
export interface BackoffLimits {
  readonly shortestMs: number
  readonly longestMs: number
}

/**
 * The randomised exponential back-off of the real host, for its polls and its retries: how long to wait, ms, after
 * `earlier` waits in a row. The first is the shortest; each later one adds about twice what the one before added.
 */
export function randomizedBackoffMs(
  earlier: number,
  { shortestMs, longestMs }: BackoffLimits,
  random: () => number = Math.random,
): number {
  if (earlier <= 0) return Math.min(shortestMs, longestMs)
  const factor = 1 - randomness + random() * 2 * randomness
  return Math.min(shortestMs + factor * 2 ** (earlier - 1) * shortestMs, longestMs)
}
