import { Cron } from 'croner'

import { HostError } from '../../errors.ts'
import { parseTimeSpan } from '../../time/time-span.ts'
import { spellOutNcrontab } from './ncrontab.ts'

/** The next time of a schedule strictly after this one, ms since 1970; Infinity when there is none. */
export type Schedule = (afterMs: number) => number

/** Reads a schedule: NCRONTAB (UTC; day of month and day of week are both to be met), or a time span. @throws HostError */
export function parseSchedule(text: string, where: string): Schedule {
  if (isTimeSpan(text)) {
    const intervalMs = parseTimeSpan(text, where)
    if (intervalMs <= 0) throw new HostError(`${where}: the schedule "${text}" must be longer than nothing.`)
    return (afterMs) => afterMs + intervalMs
  }
  try {
    const cron = new Cron(spellOutNcrontab(text), { paused: true, timezone: 'UTC', domAndDow: true })
    return (afterMs) =>
      Number.isFinite(afterMs)
        ? (cron.nextRun(new Date(afterMs))?.getTime() ?? Number.POSITIVE_INFINITY)
        : Number.POSITIVE_INFINITY
  } catch (error) {
    throw new HostError(
      `${where}: "${text}" is no schedule: ${(error as Error).message}. Write NCRONTAB, such as "0 */5 * * * *" (second minute hour day month weekday), or a time span, such as "00:05:00".`,
    )
  }
}

/** Whether a schedule is a time span: then it counts from the last run, and knows no calendar. */
export function isTimeSpan(text: string): boolean {
  return text.includes(':')
}

/** Whether a schedule is due more than once within the minute after `nowMs`: then what was missed is not caught up. */
export function isFrequent(schedule: Schedule, nowMs: number): boolean {
  return schedule(schedule(nowMs)) < nowMs + 60_000
}
