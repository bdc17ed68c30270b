import { describe, expect, it } from '@jest/globals'

import { formatDate } from './format-date.ts'

const date = new Date('2024-02-03T14:05:06.078Z')

describe('a date format', () => {
  it.each([
    ['yyyy-MM-dd', '2024-02-03'],
    ['yy/M/d', '24/2/3'],
    ['MM/yyyy', '02/2024'],
    ['ddd dddd MMM MMMM', 'Sat Saturday Feb February'],
    ['HH:mm:ss hh h tt t', '14:05:06 02 2 PM P'],
    ['f ff fff fffffff', '0 07 078 0780000'],
    ['FFF F', '078 '],
    ['z zz zzz K', '+0 +00 +00:00 Z'],
    [String.raw`yyyy'y'"d"\d`, '2024ydd'],
    ['%d', '3'],
    ['d', '02/03/2024'],
    ['D', 'Saturday, 03 February 2024'],
    ['G', '02/03/2024 14:05:06'],
    ['o', '2024-02-03T14:05:06.0780000Z'],
    ['R', 'Sat, 03 Feb 2024 14:05:06 GMT'],
    ['s', '2024-02-03T14:05:06'],
    ['t', '14:05'],
    ['u', '2024-02-03 14:05:06Z'],
    ['YYYY', 'YYYY'],
  ])('%s', (format, expected) => {
    expect(formatDate(date, format)).toBe(expected)
  })

  it.each(['Q', "yyyy'", 'ffffffff'])('%s is none', (format) => {
    expect(() => formatDate(date, format)).toThrow('format')
  })
})
