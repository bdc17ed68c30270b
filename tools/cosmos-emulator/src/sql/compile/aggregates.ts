import { compareValues, finite, shortIdentityOf, typeRank } from './values.ts'

/** The aggregate functions. */
export type AggregateKind = 'COUNT' | 'COUNTIF' | 'SUM' | 'AVG' | 'MIN' | 'MAX' | 'MAKELIST' | 'MAKESET'

/** Adds up values one by one. */
export interface Accumulator {
  add: (value: unknown) => void
  result: () => unknown
}

const makers: Record<AggregateKind, () => Accumulator> = {
  COUNT: () => {
    let count = 0
    return {
      add: (value) => {
        if (value !== undefined) count += 1
      },
      result: () => count,
    }
  },
  COUNTIF: () => {
    let count = 0
    return {
      add: (value) => {
        if (value === true) count += 1
      },
      result: () => count,
    }
  },
  SUM: () => sumUp((sum) => sum),
  AVG: () => sumUp((sum, count) => (count === 0 ? undefined : sum / count)),
  MIN: () => extreme((difference) => difference < 0),
  MAX: () => extreme((difference) => difference > 0),
  MAKELIST: () => {
    const list: unknown[] = []
    return {
      add: (value) => {
        if (value !== undefined) list.push(value)
      },
      result: () => list,
    }
  },
  MAKESET: () => {
    const set = new Map<string, unknown>()
    return {
      add: (value) => {
        if (value !== undefined) set.set(shortIdentityOf(value), value)
      },
      result: () => [...set.values()],
    }
  },
}

/** The kind of aggregate that a function name stands for. */
export function toAggregateKind(name: string): AggregateKind | undefined {
  const upper = name.toUpperCase()
  return Object.hasOwn(makers, upper) ? (upper as AggregateKind) : undefined
}

/** A fresh accumulator. */
export function newAccumulator(kind: AggregateKind): Accumulator {
  return makers[kind]()
}

/** Undefined values are passed over; any other that is no number makes the whole result undefined. */
function sumUp(finish: (sum: number, count: number) => number | undefined): Accumulator {
  let sum = 0
  let count = 0
  let isSpoilt = false
  return {
    add: (value) => {
      if (value === undefined) return
      if (typeof value !== 'number') {
        isSpoilt = true
        return
      }
      sum += value
      count += 1
    },
    result: () => {
      const result = isSpoilt ? undefined : finish(sum, count)
      return result === undefined ? undefined : finite(result)
    },
  }
}

/** Across types by the order of types; arrays and objects make the whole result undefined. */
function extreme(isBetter: (difference: number) => boolean): Accumulator {
  let best: unknown
  let isSpoilt = false
  return {
    add: (value) => {
      if (value === undefined) return
      if (typeRank(value) > 4) isSpoilt = true
      else if (best === undefined || isBetter(compareValues(value, best))) best = value
    },
    result: () => (isSpoilt ? undefined : best),
  }
}
