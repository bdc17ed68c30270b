import { describe, expect, it } from '@jest/globals'

import { randomizedBackoffMs } from './randomized-backoff.ts'

const limits = { shortestMs: 123, longestMs: 4000 }

describe('the randomised exponential back-off', () => {
  it.each([
    // earlier waits, least, most
    [0, 123, 123],
    [1, 123 + 0.8 * 123, 123 + 1.2 * 123],
    [2, 123 + 0.8 * 246, 123 + 1.2 * 246],
    [3, 123 + 0.8 * 492, 123 + 1.2 * 492],
    [7, 4000, 4000],
    [5000, 4000, 4000],
  ])('waits after %i others from %f to %f ms', (earlier, leastMs, mostMs) => {
    expect(randomizedBackoffMs(earlier, limits, () => 0)).toBeCloseTo(leastMs)
    expect(randomizedBackoffMs(earlier, limits, () => 1)).toBeCloseTo(mostMs)
  })

  it('never waits longer than the longest, be that as short as the shortest', () => {
    expect(randomizedBackoffMs(0, { shortestMs: 100, longestMs: 100 })).toBe(100)
    expect(randomizedBackoffMs(4, { shortestMs: 100, longestMs: 100 })).toBe(100)
  })
})
