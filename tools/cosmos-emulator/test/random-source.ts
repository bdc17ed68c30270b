/** Whole numbers below a bound, from a seed, so that a failure can be repeated. */
export type Random = (below: number) => number

export function random(seed: number): Random {
  let state = seed >>> 0
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

export function oneOf<T>(next: Random, list: readonly T[]): T {
  const item = list[next(list.length)]
  if (item === undefined && list.length === 0) throw new Error('There is nothing to choose from.')
  return item as T
}
