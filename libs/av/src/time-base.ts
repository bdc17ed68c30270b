/** Length of one tick, in seconds, as a fraction. */
export interface TimeBase {
  readonly num: number
  readonly den: number
}

/** Ticks of one time base as ticks of another, rounded half away from zero. */
export function rescaleTicks(ticks: bigint, from: TimeBase, to: TimeBase): bigint {
  const numerator = ticks * BigInt(from.num) * BigInt(to.den)
  const denominator = BigInt(from.den) * BigInt(to.num)
  const half = denominator / 2n
  return numerator >= 0n ? (numerator + half) / denominator : -((-numerator + half) / denominator)
}

/** Ticks as milliseconds, with fractions. */
export function ticksToMs(ticks: bigint, timeBase: TimeBase): number {
  return (Number(ticks) * timeBase.num * 1000) / timeBase.den
}

/** Compares two instants of different time bases: negative if the first is earlier. */
export function compareTicks(a: bigint, aBase: TimeBase, b: bigint, bBase: TimeBase): number {
  const difference = a * BigInt(aBase.num) * BigInt(bBase.den) - b * BigInt(bBase.num) * BigInt(aBase.den)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}
