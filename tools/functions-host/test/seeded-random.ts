/** A source of numbers from 0 to below 1. */
export type Random = () => number

/** Makes a source of numbers that follow from a seed (mulberry32). */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Random numbers that can be had again: `SEED` in the environment, else one of now. */
export function seededRandom(): { random: Random; seed: number } {
  const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000)
  return { random: randomFrom(seed), seed }
}
