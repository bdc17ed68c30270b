import { describe, expect, it } from '@jest/globals'

import { invokeWithRetries, retryDelayMs, retryPolicyOf } from './retry.ts'
import type { TriggerContext } from './trigger.ts'
import type { InvocationResult } from './worker/function-worker.ts'
import { lostResult } from './worker/function-worker.ts'

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

/** Runs a function whose tries end like this, one after the other; answers how long each next one was waited for, ms. */
async function waitsOf(results: readonly InvocationResult[]): Promise<{ waitsMs: number[]; lines: number }> {
  const waitsMs: number[] = []
  let [tries, lines] = [0, 0]
  const context = {
    clock: {
      now: () => 0,
      delay: async (ms: number) => {
        waitsMs.push(ms)
        return true
      },
      until: async () => true,
      poll: async () => true,
    },
    log: () => (lines += 1),
    invoke: async () => results[tries++] ?? { ok: true, outputData: [] },
  } satisfies Pick<TriggerContext, 'clock' | 'log' | 'invoke'>
  const target = {
    metadata: { name: 'x', id: 'x', bindings: [] },
    trigger: { type: 'timerTrigger', name: 't' },
  }
  await invokeWithRetries(context, target, {
    request: { data: {}, reason: 'test' },
    policy: { ...exponential, maxRetryCount: 1, retryStrategy: 'fixedDelay', delayIntervalSeconds: 3 },
    signal: new AbortController().signal,
  })
  return { waitsMs, lines }
}

describe('a function that loses its workers', () => {
  const lost = lostResult('killed')
  const failed: InvocationResult = { ok: false, message: 'no', stack: '' }

  it('runs again after longer and longer waits, a minute at most, and one line of the log each', async () => {
    const { waitsMs, lines } = await waitsOf(Array.from({ length: 12 }, () => lost))
    expect(waitsMs).toHaveLength(12)
    expect(waitsMs[0]).toBe(1000)
    expect(waitsMs.every((waitMs, index) => waitMs >= (waitsMs[index - 1] ?? 0))).toBe(true)
    expect(waitsMs.slice(-3)).toEqual([60_000, 60_000, 60_000])
    expect(lines).toBe(12)
  })

  it('has its tries counted without those', async () => {
    const { waitsMs } = await waitsOf([lost, failed, lost, failed, lost])
    expect(waitsMs).toEqual([1000, 3000, 1000])
  })
})
