/** Numbers that a seed decides, so that a failure can be run again. */
export interface Random {
  /** A whole number from 0, below `limit`. */
  below: (limit: number) => number
  /** One of a list that is not empty. */
  pick: <T>(list: readonly T[]) => T
}

/** The generator known as mulberry32. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return { below, pick: <T>(list: readonly T[]) => list[below(list.length)] as T }
}

/** A list to pick from, written in one text. */
export function listOf(text: string, separator = ' '): readonly [string, ...string[]] {
  const [first = '', ...rest] = text.split(separator)
  return [first, ...rest]
}
