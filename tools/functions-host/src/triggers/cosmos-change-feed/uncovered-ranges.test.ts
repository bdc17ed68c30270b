import { describe, expect, it } from '@jest/globals'

import { uncoveredRanges } from './uncovered-ranges.ts'

/** `-1F 1F-3F 3F-FF` */
const ranges = (text: string): { min: string; max: string }[] =>
  text
    .split(' ')
    .filter(Boolean)
    .map((range) => ({ min: range.split('-')[0] ?? '', max: range.split('-')[1] ?? '' }))

describe('ranges without a lease', () => {
  it.each([
    ['-FF', '', '-FF'],
    ['-FF', '-FF', ''],
    ['-1F 1F-3F 3F-FF', '', '-1F 1F-3F 3F-FF'],
    ['-1F 1F-3F 3F-FF', '1F-3F', '-1F 3F-FF'],
    // Split: the parent's lease stands for its children.
    ['-1F 1F-FF', '-FF', ''],
    ['-1F 1F-2F 2F-3F 3F-FF', '1F-3F', '-1F 3F-FF'],
    // Merged: the children's leases stand for their parent.
    ['-FF', '-1F 1F-FF', ''],
  ])('of %s, with leases of %s: %s', (all, leased, uncovered) => {
    expect(uncoveredRanges(ranges(all), ranges(leased))).toEqual(ranges(uncovered))
  })
})
