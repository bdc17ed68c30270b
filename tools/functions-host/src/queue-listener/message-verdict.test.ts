import { describe, expect, it } from '@jest/globals'

import { isPoison, verdictOn } from './message-verdict.ts'

const settings = { maxDequeueCount: 5 }

describe('a message that was just taken', () => {
  it.each([
    // dequeue count, has a poison queue, is poison
    [1, true, false],
    [5, true, false],
    [6, true, true],
    [6, false, false],
    [1000, false, false],
  ])('taken %i times, poison queue: %s, is poison: %s', (dequeueCount, hasPoisonQueue, expected) => {
    expect(isPoison({ dequeueCount, hasPoisonQueue }, settings)).toBe(expected)
  })
})

describe('a message after a try', () => {
  it.each([
    // outcome, dequeue count, has a poison queue, verdict
    ['succeeded', 1, true, 'delete'],
    ['succeeded', 9, true, 'delete'],
    ['succeeded', 9, false, 'delete'],
    ['failed', 1, true, 'retryLater'],
    ['failed', 4, true, 'retryLater'],
    ['failed', 5, true, 'poison'],
    ['failed', 6, true, 'poison'],
    ['failed', 1, false, 'leave'],
    ['failed', 9, false, 'leave'],
    ['lost', 1, true, 'giveBack'],
    ['lost', 4, true, 'giveBack'],
    ['lost', 5, true, 'runAlone'],
    ['lost', 4, false, 'giveBack'],
    ['lost', 5, false, 'leave'],
  ] as const)(
    'that %s, taken %i times, poison queue: %s: %s',
    (outcome, dequeueCount, hasPoisonQueue, expected) => {
      expect(verdictOn(outcome, { dequeueCount, hasPoisonQueue }, settings)).toBe(expected)
    },
  )
})
