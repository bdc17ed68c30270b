import { describe, expect, it } from '@jest/globals'

import { formatTimeSpan, parseTimeSpan } from './time-span.ts'

describe('a time span', () => {
  it.each([
    ['00:00:01', 1000],
    ['00:05:00', 300_000],
    ['1.02:03:04', 93_784_000],
    ['00:00:00.1000000', 100],
    ['00:00:00', 0],
    ['-00:00:02.5000000', -2500],
    ['10.00:00:00', 864_000_000],
  ])('%s is %i ms, and back', (text, ms) => {
    expect(parseTimeSpan(text, 'here')).toBe(ms)
    expect(formatTimeSpan(ms)).toBe(text)
  })

  it.each([
    ['00:00:00.25', 250],
    ['00:30', 1_800_000],
    ['1.00:00', 86_400_000],
    // As .NET reads them: days, hours and minutes.
    ['24:00:00', 24 * 86_400_000],
    ['25:00:00', 25 * 86_400_000],
  ])('%s is %i ms', (text, ms) => {
    expect(parseTimeSpan(text, 'here')).toBe(ms)
  })

  it.each(['', '5', '00:60:00', '00:00:60', '30:30', '1.24:00:00', '00-00-01', '1:2:3:4:5'])(
    '%j is none',
    (text) => {
      expect(() => parseTimeSpan(text, 'host.json: functionTimeout')).toThrow('host.json: functionTimeout: ')
    },
  )
})
