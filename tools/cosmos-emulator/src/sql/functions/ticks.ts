/** A tick is 100 ns; dates are counted in ticks since 1970. */
export const ticksPerMs = 10_000n
const epochTicks = 62_135_596_800n * 10_000_000n
/** The last millisecond of the year 9999. */
export const latestMs = 253_402_300_799_999

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

/** A part of a date. */
export type Unit =
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

/** The part that a name such as `yyyy` or `mi` stands for. */
export function toUnit(unit: unknown): Unit | undefined {
  return typeof unit === 'string' ? unitNames[unit.toLowerCase()] : undefined
}

/** The ticks of a date such as `2026-11-24`, `2026-11-24 10:00:00` or `2026-11-24T10:00:00.1234567Z`, always UTC; undefined for anything else. */
export function toTicks(date: unknown): bigint | undefined {
  if (typeof date !== 'string') return undefined
  const match = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,7}))?)?Z?$/.exec(date)
  if (!match) return undefined
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = ''] = match
  const numbers = [year, month, day, hour, minute, second].map(Number)
  const ms = utcMs(numbers)
  const [y = 0, m = 0, d = 0, h = 0, min = 0, s = 0] = numbers
  if (y < 1 || m < 1 || m > 12 || d < 1 || d > daysIn(y, m) || h > 23 || min > 59 || s > 59) return undefined
  return BigInt(ms) * ticksPerMs + BigInt(fraction.padEnd(7, '0'))
}

/** Milliseconds since 1970 of year, month (from 1), day, hour, minute and second. */
export function utcMs([year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0]: number[]): number {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  date.setUTCHours(hour, minute, second, 0)
  return date.getTime()
}

/** How many days a month (from 1) has. */
export function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate()
}

/** A date as the service writes it, with seven digits after the second. */
export function toText(ticks: bigint): string {
  const seconds = floorDivide(ticks, 10_000_000n)
  const fraction = ticks - seconds * 10_000_000n
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}.${fraction.toString().padStart(7, '0')}Z`
}

/** Division that rounds down, also below zero. */
export function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by
  return value % by < 0n ? quotient - 1n : quotient
}

function dateOf(ticks: bigint): Date {
  return new Date(Number(floorDivide(ticks, ticksPerMs)))
}

/** Moves a date by whole units; undefined outside of the years 1 to 9999. */
export function add(ticks: bigint, unit: Unit, amount: number): bigint | undefined {
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

/** How many boundaries of a unit lie between two dates. */
export function difference(unit: Unit, start: bigint, end: bigint): number {
  if (unit === 'nanosecond') return Number((end - start) * 100n)
  if (unit === 'year' || unit === 'month') {
    const [from, to] = [dateOf(start), dateOf(end)]
    const years = to.getUTCFullYear() - from.getUTCFullYear()
    return unit === 'year' ? years : years * 12 + to.getUTCMonth() - from.getUTCMonth()
  }
  return Number(floorDivide(end, unitTicks[unit]) - floorDivide(start, unitTicks[unit]))
}

/** One part of a date as a number. */
export function partOf(unit: Unit, ticks: bigint): number {
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

/** The start of the bin of `size` units, counted from `start`, in which a date lies. */
export function binned({
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
