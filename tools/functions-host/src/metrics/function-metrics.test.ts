import { describe, expect, it } from '@jest/globals'

import { FunctionMetrics } from './function-metrics.ts'
import { LatencyHistogram } from './latency-histogram.ts'

const start = 1_700_000_000_000

describe('the figures of a function', () => {
  it('begin at nothing', () => {
    expect(new FunctionMetrics().read(start)).toEqual({
      invocations: 0,
      failures: 0,
      running: 0,
      totalMs: 0,
      invocationsPerSecond: 0,
    })
  })

  it('count what runs, what has ended and what failed', () => {
    const metrics = new FunctionMetrics()
    for (let run = 0; run < 3; run++) metrics.begin()
    metrics.end(5, start)
    metrics.end(5, start, 'not today')

    expect(metrics.read(start)).toMatchObject({
      invocations: 2,
      failures: 1,
      running: 1,
      totalMs: 10,
      lastFailure: { at: '2023-11-14T22:13:20.000Z', message: 'not today' },
    })
  })

  it.each([
    ['all of the last ten seconds', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 11, 1],
    ['not the second that is not over', [11], 11, 0],
    ['not what was before', [0], 11, 0],
    ['nothing after a long pause', [1, 2, 3], 5000, 0],
    ['one of ten', [5], 11, 0.1],
  ])('have a rate of %s', (_case, secondsOfRuns, now, rate) => {
    const metrics = new FunctionMetrics()
    for (const second of secondsOfRuns) {
      metrics.begin()
      metrics.end(1, start + second * 1000)
    }

    expect(metrics.read(start + now * 1000).invocationsPerSecond).toBeCloseTo(rate)
  })

  it('forget latencies after two minutes without runs', () => {
    const metrics = new FunctionMetrics()
    metrics.begin()
    metrics.end(100, start)

    expect(metrics.read(start + 59_000).p50Ms).toBeDefined()
    expect(metrics.read(start + 61_000).p50Ms).toBeDefined()
    expect(metrics.read(start + 200_000).p50Ms).toBeUndefined()
  })
})

describe('percentiles', () => {
  it.each([
    [0.5, 500],
    [0.95, 950],
    [1, 1000],
  ])('are right within 5 %%: %d', (share, expectedMs) => {
    const histogram = new LatencyHistogram()
    for (let ms = 1; ms <= 1000; ms++) histogram.add(ms)

    const found = histogram.percentileMs(share) ?? 0
    expect(Math.abs(found / expectedMs - 1)).toBeLessThan(0.055)
  })

  it.each([0, 1e-9, 1e12])('take any duration: %d ms', (durationMs) => {
    const histogram = new LatencyHistogram()
    histogram.add(durationMs)

    expect(histogram.percentileMs(0.5)).toBeGreaterThan(0)
  })
})
