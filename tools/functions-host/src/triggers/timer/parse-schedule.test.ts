import { describe, expect, it } from '@jest/globals'

import { parseSchedule } from './timer-trigger.ts'

const next = (schedule: string, after: string): string =>
  new Date(parseSchedule(schedule, 'here')(Date.parse(after))).toISOString()

describe('a schedule', () => {
  it.each([
    ['0 */5 * * * *', '2026-01-01T00:00:00Z', '2026-01-01T00:05:00.000Z'],
    ['*/5 * * * *', '2026-01-01T00:04:59Z', '2026-01-01T00:05:00.000Z'],
    ['0 30 9-17 * * *', '2026-01-01T17:30:00Z', '2026-01-02T09:30:00.000Z'],
    ['0 0 9 * * MON-FRI', '2026-01-02T09:00:00Z', '2026-01-05T09:00:00.000Z'],
    ['0 0 0 29 2 *', '2026-01-01T00:00:00Z', '2028-02-29T00:00:00.000Z'],
    // Day of month and day of week are both to be met: the next 13th that is a Friday.
    ['0 0 0 13 * 5', '2026-01-01T00:00:00Z', '2026-02-13T00:00:00.000Z'],
    ['00:10:00', '2026-01-01T00:00:07Z', '2026-01-01T00:10:07.000Z'],
    ['1.00:00:00', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00.000Z'],
  ])('%s after %s is due at %s', (schedule, after, due) => {
    expect(next(schedule, after)).toBe(due)
  })

  it.each(['0 0 25 * * *', 'soon', '0 61 * * * *'])('%s is refused by name', (schedule) => {
    expect(() => parseSchedule(schedule, 'Function "x"')).toThrow(`Function "x": "${schedule}"`)
  })
})
