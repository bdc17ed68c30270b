import { describe, expect, it } from '@jest/globals'

import { nextRenewalMs } from './message-hold.ts'

const hiddenMs = 600_000

describe('the next renewal of a hidden message', () => {
  it.each([
    // wait before, outcome, next wait
    [300_000, 'renewed', 300_000],
    [75_000, 'renewed', 300_000],
    [300_000, 'failed', 150_000],
    [150_000, 'failed', 75_000],
    [75_000, 'failed', 60_000],
    [60_000, 'failed', 60_000],
    [300_000, 'refused', undefined],
  ] as const)('after a wait of %i ms that %s comes in %p ms', (beforeMs, outcome, expectedMs) => {
    expect(nextRenewalMs(beforeMs, outcome, hiddenMs)).toBe(expectedMs)
  })
})
