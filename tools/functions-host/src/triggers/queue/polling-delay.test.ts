import { describe, expect, it } from '@jest/globals'

import { pollingDelayMs } from './polling-delay.ts'

const limits = { shortestMs: 123, longestMs: 4000 }

describe('the wait after polls that found nothing', () => {
  it.each([
    // idle polls before it, least, most
    [0, 123, 123],
    [1, 123 + 0.8 * 123, 123 + 1.2 * 123],
    [2, 123 + 0.8 * 246, 123 + 1.2 * 246],
    [3, 123 + 0.8 * 492, 123 + 1.2 * 492],
    [7, 4000, 4000],
    [5000, 4000, 4000],
  ])('after %i others is from %f to %f ms', (idlePolls, leastMs, mostMs) => {
    expect(pollingDelayMs(idlePolls, limits, () => 0)).toBeCloseTo(leastMs)
    expect(pollingDelayMs(idlePolls, limits, () => 1)).toBeCloseTo(mostMs)
  })

  it('is never longer than the longest, be that as short as the shortest', () => {
    expect(pollingDelayMs(0, { shortestMs: 100, longestMs: 100 })).toBe(100)
    expect(pollingDelayMs(4, { shortestMs: 100, longestMs: 100 })).toBe(100)
  })
})
