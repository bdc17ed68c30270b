import { isInteger, lenient, strict } from './built-in.ts'
import type { BuiltIn, BuiltIns } from './built-in.ts'
import { formatted } from './date-format.ts'
import {
  add,
  binned,
  daysIn,
  difference,
  floorDivide,
  latestMs,
  partOf,
  ticksPerMs,
  toText,
  toTicks,
  toUnit,
  utcMs,
} from './ticks.ts'
import type { Unit } from './ticks.ts'

/** Functions of dates and times. A date is text as in `2026-11-24T10:00:00.0000000Z`. */
export const dateFunctions: BuiltIns = {
  GETCURRENTDATETIME: now((ms) => toText(BigInt(ms) * ticksPerMs)),
  GETCURRENTDATETIMESTATIC: now((ms) => toText(BigInt(ms) * ticksPerMs)),
  GETCURRENTTIMESTAMP: now((ms) => ms),
  GETCURRENTTIMESTAMPSTATIC: now((ms) => ms),
  GETCURRENTTICKS: now((ms) => Number(BigInt(ms) * ticksPerMs)),
  GETCURRENTTICKSSTATIC: now((ms) => Number(BigInt(ms) * ticksPerMs)),
  DATETIMEADD: strict(3, 3, moved),
  DATETIMEDIFF: strict(3, 3, (unit, from, to) => {
    const part = toUnit(unit)
    const [start, end] = [toTicks(from), toTicks(to)]
    if (!part || start === undefined || end === undefined) return undefined
    return difference(part, start, end)
  }),
  DATETIMEPART: strict(2, 2, (unit, date) => {
    const part = toUnit(unit)
    const ticks = toTicks(date)
    return part && ticks !== undefined ? partOf(part, ticks) : undefined
  }),
  DATETIMEBIN: strict(2, 4, (date, unit, size = 1, origin = '1970-01-01T00:00:00.0000000Z') => {
    const part = toUnit(unit)
    const [ticks, start] = [toTicks(date), toTicks(origin)]
    if (!part || ticks === undefined || start === undefined || typeof size !== 'number' || size < 1)
      return undefined
    return binned({ ticks, start, part, size: BigInt(Math.trunc(size)) })
  }),
  DATETIMEFROMPARTS: strict(3, 7, (...parts) => {
    if (!parts.every((part) => typeof part === 'number' && Number.isInteger(part))) return undefined
    const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0, fraction = 0] = parts as number[]
    const isValid =
      year >= 1 &&
      year <= 9999 &&
      month >= 1 &&
      month <= 12 &&
      day >= 1 &&
      day <= daysIn(year, month) &&
      hour >= 0 &&
      hour < 24 &&
      minute >= 0 &&
      minute < 60 &&
      second >= 0 &&
      second < 60 &&
      fraction >= 0 &&
      fraction < 1e7
    return isValid
      ? toText(BigInt(utcMs([year, month, day, hour, minute, second])) * ticksPerMs + BigInt(fraction))
      : undefined
  }),
  NOW: now((ms) => toText(BigInt(ms) * ticksPerMs)),
  AGO: {
    fewest: 2,
    most: 2,
    compile:
      ([unit, amount], { nowMs }) =>
      (row) =>
        moved(unit?.(row), negated(amount?.(row)), toText(BigInt(nowMs) * ticksPerMs)),
  },
  IS_DATETIME: lenient(1, 1, (date) => toTicks(date) !== undefined),
  DATETIMEFORMAT: strict(2, 2, (date, format) => {
    const ticks = toTicks(date)
    return ticks !== undefined && typeof format === 'string' ? formatted(ticks, format) : undefined
  }),
  YEAR: part('year'),
  MONTH: part('month'),
  DAY: part('day'),
  DATETIMETOTICKS: strict(1, 1, (date) => {
    const ticks = toTicks(date)
    return ticks === undefined ? undefined : Number(ticks)
  }),
  DATETIMETOTIMESTAMP: strict(1, 1, (date) => {
    const ticks = toTicks(date)
    return ticks === undefined ? undefined : Number(floorDivide(ticks, ticksPerMs))
  }),
  TICKSTODATETIME: strict(1, 1, (ticks) =>
    typeof ticks === 'number' && Number.isInteger(ticks) && Math.abs(ticks) < latestMs * 10_000
      ? toText(BigInt(ticks))
      : undefined,
  ),
  TIMESTAMPTODATETIME: strict(1, 1, (ms) =>
    typeof ms === 'number' && Number.isInteger(ms) && ms <= latestMs && ms >= -62_135_596_800_000
      ? toText(BigInt(ms) * ticksPerMs)
      : undefined,
  ),
}

function now(apply: (ms: number) => unknown): BuiltIn {
  return {
    fewest: 0,
    most: 0,
    compile:
      (_, { nowMs }) =>
      () =>
        apply(nowMs),
  }
}

function negated(amount: unknown): unknown {
  return typeof amount === 'number' ? -amount : undefined
}

function moved(unit: unknown, amount: unknown, date: unknown): string | undefined {
  const ticks = toTicks(date)
  const known = toUnit(unit)
  if (ticks === undefined || !known || !isInteger(amount)) return undefined
  const sum = add(ticks, known, amount)
  return sum === undefined ? undefined : toText(sum)
}

function part(unit: Unit): BuiltIn {
  return strict(1, 1, (date) => {
    const ticks = toTicks(date)
    return ticks === undefined ? undefined : partOf(unit, ticks)
  })
}
