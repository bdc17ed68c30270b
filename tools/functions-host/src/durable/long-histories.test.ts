import { describe, expect, it } from '@jest/globals'
import { restMs, tellOfLongHistory } from './long-histories.ts'

describe('an instance with a long history', () => {
  it('rests as long as it has run, where many tasks are open', () => {
    expect(restMs({ openTasks: 500, tookMs: 120 })).toBe(120)
    expect(restMs({ openTasks: 500, tookMs: 5_000 })).toBe(1_000)
  })

  it('does not rest in a chain, nor when a replay is nothing', () => {
    expect(restMs({ openTasks: 1, tookMs: 120 })).toBe(0)
    expect(restMs({ openTasks: 500, tookMs: 3 })).toBe(0)
  })

  it('is told of once, with what helps', () => {
    const lines: string[] = []
    const log = (_: string, line: string): void => void lines.push(line)
    for (const lengths of [
      [9_990, 9_999],
      [9_999, 10_003],
      [10_003, 10_007],
    ] as const)
      tellOfLongHistory(log, { name: 'loop', instanceId: 'a', lengths })
    expect(lines).toEqual([expect.stringMatching(/^Orchestration loop: .*instance a.*continueAsNew/)])
  })
})
