import { describe, expect, it } from '@jest/globals'

import { parseSchedule } from './parse-schedule.ts'
import { assessTimer, formatTimerStatus, neverMs, parseTimerStatus } from './timer-status.ts'

const hourly = parseSchedule('0 0 * * * *', 'here')
const halfHourly = parseSchedule('0 */30 * * * *', 'here')
const daily = parseSchedule('0 0 0 * * *', 'here')
const at = (time: string): number => Date.parse(`2017-01-01T${time}Z`)

/** The status that an hourly timer left, which ran at 9 or (`never`) was made then. */
const left = (last: number, updated: number): { lastMs: number; nextMs: number; updatedMs: number } => ({
  lastMs: last,
  nextMs: at('10:00:00'),
  updatedMs: updated,
})
const nine = at('09:00:00')

// Facts from the published tests of the timer extension's schedule monitor.
describe('a timer whose host starts', () => {
  it('is not past due when nothing is known, and keeps from now on when it is due', () => {
    expect(assessTimer(undefined, daily, at('09:35:00'))).toEqual({
      status: { lastMs: neverMs, nextMs: Date.parse('2017-01-02'), updatedMs: at('09:35:00') },
      isPastDue: false,
      isNew: true,
    })
  })

  it.each([
    ['last and updated', left(nine, nine)],
    ['last', left(nine, neverMs)],
    ['updated', left(neverMs, nine)],
    ['neither', left(neverMs, neverMs)],
  ])('before it is due again: nothing changes (known: %s)', (_known, stored) => {
    expect(assessTimer(stored, hourly, at('09:35:00'))).toEqual({
      status: stored,
      isPastDue: false,
      isNew: false,
    })
  })

  it.each([
    ['last and updated', left(nine, nine)],
    ['last', left(nine, neverMs)],
    ['updated', left(neverMs, nine)],
  ])('after it was due: is past due (known: %s)', (_known, stored) => {
    expect(assessTimer(stored, hourly, at('10:00:01'))).toEqual({
      status: stored,
      isPastDue: true,
      isNew: false,
    })
  })

  it('after it was due, when not known since when: begins anew', () => {
    expect(assessTimer(left(neverMs, neverMs), hourly, at('10:00:01'))).toEqual({
      status: { lastMs: neverMs, nextMs: at('11:00:00'), updatedMs: at('10:00:01') },
      isPastDue: false,
      isNew: true,
    })
  })

  it.each([
    ['last', left(nine, neverMs), nine],
    ['updated', left(neverMs, nine), nine],
    ['neither', left(neverMs, neverMs), at('09:35:00')],
  ])('with a rarer schedule: takes that (known: %s)', (_known, stored, updatedMs) => {
    expect(assessTimer(stored, daily, at('09:35:00'))).toEqual({
      status: { lastMs: neverMs, nextMs: Date.parse('2017-01-02'), updatedMs },
      isPastDue: false,
      isNew: true,
    })
  })

  it('with a more frequent schedule: what it would have missed is not past due', () => {
    expect(assessTimer(left(nine, nine), halfHourly, at('09:35:00'))).toEqual({
      status: { lastMs: neverMs, nextMs: at('10:00:00'), updatedMs: at('09:35:00') },
      isPastDue: false,
      isNew: true,
    })
  })
})

describe('a status as text', () => {
  it('is as .NET writes it, and is read again', () => {
    const status = { lastMs: neverMs, nextMs: at('10:15:00'), updatedMs: at('10:10:00.250') }
    const text = formatTimerStatus(status)
    expect(text).toEqual({
      Last: '0001-01-01T00:00:00+00:00',
      Next: '2017-01-01T10:15:00+00:00',
      LastUpdated: '2017-01-01T10:10:00.25+00:00',
    })
    expect(parseTimerStatus(JSON.stringify(text))).toEqual(status)
    const over = { ...status, nextMs: Number.POSITIVE_INFINITY }
    expect(parseTimerStatus(JSON.stringify(formatTimerStatus(over)))).toEqual(over)
  })

  it('is read also from other hosts: finer times, times of other zones, none', () => {
    const text =
      '{"Last":"2017-01-01T10:10:00.1234567+00:00","Next":"2017-01-01T11:15:00+01:00","LastUpdated":"0001-01-01T00:00:00"}'
    expect(parseTimerStatus(text)).toEqual({
      lastMs: at('10:10:00.123'),
      nextMs: at('10:15:00'),
      updatedMs: neverMs,
    })
    expect(() => parseTimerStatus('{"Next":"soon"}')).toThrow('"soon" is no time')
  })
})
