import { Cron } from 'croner'

/** A day to count on: every day of a month counts alike. */
const day = new Date('2026-01-01T00:00:00Z')
const dayMs = 24 * 3600 * 1000
const daysPerMonth = 730 / 24

/** How often a timer runs in a month, by its schedule (NCRONTAB of six fields, UTC). @throws Error for one that cannot be read */
export function timerRunsPerMonth(schedule: string): number {
  const cron = new Cron(schedule, { timezone: 'UTC' })
  const end = day.getTime() + dayMs
  let runs = 0
  let at = cron.nextRun(new Date(day.getTime() - 1))
  while (at && at.getTime() < end) {
    runs += 1
    at = cron.nextRun(at)
  }
  return runs * daysPerMonth
}
