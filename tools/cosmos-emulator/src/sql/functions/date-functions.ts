import { strict } from './built-in.ts'
import type { BuiltIn, BuiltIns } from './built-in.ts'

const ticksPerMs = 10_000n
const epochTicks = 62_135_596_800n * 10_000_000n
const latestMs = 253_402_300_799_999

const unitNames: Record<string, Unit> = {
  year: 'year',
  yyyy: 'year',
  yy: 'year',
  month: 'month',
  mm: 'month',
  m: 'month',
  day: 'day',
  dd: 'day',
  d: 'day',
  hour: 'hour',
  hh: 'hour',
  minute: 'minute',
  mi: 'minute',
  n: 'minute',
  second: 'second',
  ss: 'second',
  s: 'second',
  millisecond: 'millisecond',
  ms: 'millisecond',
  microsecond: 'microsecond',
  mcs: 'microsecond',
  nanosecond: 'nanosecond',
  ns: 'nanosecond',
}

type Unit =
  | 'year'
  | 'month'
  | 'day'
  | 'hour'
  | 'minute'
  | 'second'
  | 'millisecond'
  | 'microsecond'
  | 'nanosecond'

/** The length of a unit in ticks of 100 ns; 0 for those that vary or are shorter. */
const unitTicks: Record<Unit, bigint> = {
  year: 0n,
  month: 0n,
  day: 864_000_000_000n,
  hour: 36_000_000_000n,
  minute: 600_000_000n,
  second: 10_000_000n,
  millisecond: 10_000n,
  microsecond: 10n,
  nanosecond: 0n,
}

/** Functions of dates and times. A date is text as in `2026-11-24T10:00:00.0000000Z`. */
export const dateFunctions: BuiltIns = {
  GETCURRENTDATETIME: now((ms) => toText(BigInt(ms) * ticksPerMs)),
  GETCURRENTDATETIMESTATIC: now((ms) => toText(BigInt(ms) * ticksPerMs)),
  GETCURRENTTIMESTAMP: now((ms) => ms),
  GETCURRENTTIMESTAMPSTATIC: now((ms) => ms),
  GETCURRENTTICKS: now((ms) => Number(BigInt(ms) * ticksPerMs)),
  GETCURRENTTICKSSTATIC: now((ms) => Number(BigInt(ms) * ticksPerMs)),
  DATETIMEADD: strict(3, 3, (unit, amount, date) => {
    const ticks = toTicks(date)
    const part = toUnit(unit)
    if (ticks === undefined || !part || typeof amount !== 'number' || !Number.isInteger(amount))
      return undefined
    const moved = add(ticks, part, amount)
    return moved === undefined ? undefined : toText(moved)
  }),
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

function toUnit(unit: unknown): Unit | undefined {
  return typeof unit === 'string' ? unitNames[unit.toLowerCase()] : undefined
}

/** Ticks of 100 ns since 1970; undefined for what is no date. */
function toTicks(date: unknown): bigint | undefined {
  if (typeof date !== 'string') return undefined
  const match = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,7}))?(Z|[+-]\d\d:\d\d)?)?$/.exec(
    date,
  )
  if (!match) return undefined
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = match
  const numbers = [year, month, day, hour, minute, second].map(Number)
  const ms = utcMs(numbers)
  const [y = 0, m = 0, d = 0, h = 0, min = 0, s = 0] = numbers
  if (m < 1 || m > 12 || d < 1 || d > daysIn(y, m) || h > 23 || min > 59 || s > 59) return undefined
  const offset = zone === 'Z' ? 0 : Number(zone.slice(0, 3)) * 60 + Number(zone[0] + zone.slice(4))
  return BigInt(ms - offset * 60_000) * ticksPerMs + BigInt(fraction.padEnd(7, '0'))
}

function utcMs([year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0]: number[]): number {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  date.setUTCHours(hour, minute, second, 0)
  return date.getTime()
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate()
}

function toText(ticks: bigint): string {
  const seconds = floorDivide(ticks, 10_000_000n)
  const fraction = ticks - seconds * 10_000_000n
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}.${fraction.toString().padStart(7, '0')}Z`
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by
  return value % by < 0n ? quotient - 1n : quotient
}

function dateOf(ticks: bigint): Date {
  return new Date(Number(floorDivide(ticks, ticksPerMs)))
}

function add(ticks: bigint, unit: Unit, amount: number): bigint | undefined {
  let moved = ticks + unitTicks[unit] * BigInt(amount)
  if (unit === 'nanosecond') moved = ticks + BigInt(Math.trunc(amount / 100))
  if (unit === 'year' || unit === 'month') {
    const date = dateOf(ticks)
    const months = date.getUTCFullYear() * 12 + date.getUTCMonth() + amount * (unit === 'year' ? 12 : 1)
    const [year, month] = [Math.floor(months / 12), (((months % 12) + 12) % 12) + 1]
    if (year < 1 || year > 9999) return undefined
    const day = Math.min(date.getUTCDate(), daysIn(year, month))
    const dayStart = BigInt(utcMs([year, month, day])) * ticksPerMs
    moved = dayStart + (ticks - floorDivide(ticks, unitTicks.day) * unitTicks.day)
  }
  const isInRange = moved >= -epochTicks && moved <= BigInt(latestMs + 1) * ticksPerMs - 1n
  return isInRange ? moved : undefined
}

function difference(unit: Unit, start: bigint, end: bigint): number {
  if (unit === 'nanosecond') return Number((end - start) * 100n)
  if (unit === 'year' || unit === 'month') {
    const [from, to] = [dateOf(start), dateOf(end)]
    const years = to.getUTCFullYear() - from.getUTCFullYear()
    return unit === 'year' ? years : years * 12 + to.getUTCMonth() - from.getUTCMonth()
  }
  return Number(floorDivide(end, unitTicks[unit]) - floorDivide(start, unitTicks[unit]))
}

function partOf(unit: Unit, ticks: bigint): number {
  const date = dateOf(ticks)
  const fraction = Number(ticks - floorDivide(ticks, 10_000_000n) * 10_000_000n)
  switch (unit) {
    case 'year':
      return date.getUTCFullYear()
    case 'month':
      return date.getUTCMonth() + 1
    case 'day':
      return date.getUTCDate()
    case 'hour':
      return date.getUTCHours()
    case 'minute':
      return date.getUTCMinutes()
    case 'second':
      return date.getUTCSeconds()
    case 'millisecond':
      return Math.floor(fraction / 10_000)
    case 'microsecond':
      return Math.floor(fraction / 10)
    case 'nanosecond':
      return fraction * 100
  }
}

function binned({
  ticks,
  start,
  part,
  size,
}: {
  ticks: bigint
  start: bigint
  part: Unit
  size: bigint
}): string | undefined {
  if (part === 'year' || part === 'month') {
    const units = difference(part, start, ticks)
    const moved = add(start, part, Math.floor(units / Number(size)) * Number(size))
    return moved === undefined ? undefined : toText(moved)
  }
  const width = (part === 'nanosecond' ? 1n : unitTicks[part]) * size
  return toText(start + floorDivide(ticks - start, width) * width)
}
