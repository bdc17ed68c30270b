import { inspect } from 'node:util'

/** How long something takes: the sum of its parts. */
export interface Duration {
  readonly days?: number
  readonly hours?: number
  readonly minutes?: number
  readonly seconds?: number
  readonly milliseconds?: number
}

const unitsMs: Readonly<Record<keyof Duration, number>> = {
  days: 86_400_000,
  hours: 3_600_000,
  minutes: 60_000,
  seconds: 1000,
  milliseconds: 1,
}

/** A duration, or a number of ms, in ms. @throws RangeError for less than nothing, or what is none */
export function durationMs(duration: Duration | number): number {
  if (typeof duration !== 'number' && (typeof duration !== 'object' || duration === null))
    throw noTime(duration)
  const ms =
    typeof duration === 'number'
      ? duration
      : Object.entries(duration).reduce((sum, [unit, count]) => sum + count * unitMs(unit), 0)
  if (!(ms >= 0 && Number.isFinite(ms))) throw noTime(duration)
  return ms
}

function noTime(given: unknown): RangeError {
  return new RangeError(`${inspect(given)} is no time that can go by: give ms, or { days: 30 }.`)
}

function unitMs(name: string): number {
  const ms = unitsMs[name as keyof Duration]
  if (ms === undefined)
    throw new RangeError(`"${name}" is no unit of a duration. There are ${Object.keys(unitsMs).join(', ')}.`)
  return ms
}
