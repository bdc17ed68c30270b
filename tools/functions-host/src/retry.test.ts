import { describe, expect, it } from '@jest/globals'

import { retryDelayMs, retryPolicyOf } from './retry.ts'

const exponential = {
  maxRetryCount: -1,
  retryStrategy: 'exponentialBackoff' as const,
  delayIntervalSeconds: 0,
  minimumIntervalSeconds: 2,
  maximumIntervalSeconds: 20,
}

describe('a retry policy', () => {
  it('waits the same time before each retry, where it is fixed', () => {
    const policy = { ...exponential, retryStrategy: 'fixedDelay' as const, delayIntervalSeconds: 3 }
    expect([1, 2, 9].map((retry) => retryDelayMs(policy, retry))).toEqual([3000, 3000, 3000])
  })

  it('doubles from its minimum up to its maximum, where it is exponential', () => {
    const delays = [1, 2, 3, 4, 5, 6].map((retry) => retryDelayMs(exponential, retry, () => 0.5))
    expect(delays).toEqual([2000, 4000, 6000, 10_000, 18_000, 20_000])
  })

  it('is that of the function, else that of host.json', () => {
    const bare = { name: 'x', id: 'x', bindings: [] }
    const host = { strategy: 'fixedDelay', maxRetryCount: 4, delayInterval: '00:00:05' }
    expect(retryPolicyOf({ ...bare, retryOptions: exponential }, host)).toBe(exponential)
    expect(retryPolicyOf(bare, host)).toMatchObject({ maxRetryCount: 4, delayIntervalSeconds: 5 })
    expect(retryPolicyOf(bare, undefined)).toBeUndefined()
  })
})
