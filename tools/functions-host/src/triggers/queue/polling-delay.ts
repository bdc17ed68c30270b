/** How far a delay is from its middle, either way. */
const randomness = 0.2

/**
 * How long to wait after a poll that found nothing, ms. `idlePolls`: how many such polls came before it, in a row. The
 * first wait is the shortest; each later one adds about twice what the one before added, up to the longest.
 */
export function pollingDelayMs(
  idlePolls: number,
  { shortestMs, longestMs }: { readonly shortestMs: number; readonly longestMs: number },
  random: () => number = Math.random,
): number {
  if (idlePolls === 0) return Math.min(shortestMs, longestMs)
  const factor = 1 - randomness + random() * 2 * randomness
  return Math.min(shortestMs + factor * 2 ** (idlePolls - 1) * shortestMs, longestMs)
}
