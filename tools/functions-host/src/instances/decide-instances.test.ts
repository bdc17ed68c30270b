import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'

import type { Demand } from '../trigger.ts'
import type { ScaleState } from './decide-instances.ts'
import { decideInstances } from './decide-instances.ts'

const queue = (count: number, perInstance = 16): Demand => ({ source: 'queue "orders"', count, perInstance })
const idleMs = 30_000

function decide(state: Partial<ScaleState>): ReturnType<typeof decideInstances> {
  const usual = { range: { least: 0, most: 5 }, count: 0, demands: [], nowMs: 0, idleMs, lull: undefined }
  return decideInstances({ ...usual, ...state })
}

describe('the number of instances', () => {
  it.each([
    [[], 0],
    [[queue(0)], 0],
    [[queue(1)], 1],
    [[queue(16)], 1],
    [[queue(17)], 2],
    [[queue(1000)], 5],
    [[queue(17), queue(40), queue(1)], 3],
    [[queue(3, 1)], 3],
  ])('grows at once with what waits: %j asks for %d', (demands, count) => {
    expect(decide({ demands }).count).toBe(count)
  })

  it('names whose work asks for the most', () => {
    const busiest = { source: 'requests', count: 40, perInstance: 1 }
    expect(decide({ demands: [queue(100), busiest] }).busiest).toBe(busiest)
  })

  it('shrinks only when fewer would have done for a while, and to the most that was needed meanwhile', () => {
    const begun = decide({ count: 4, demands: [queue(1)] })
    expect(begun).toMatchObject({ count: 4, lull: { sinceMs: 0, neededCount: 1 } })
    const busier = decide({ count: 4, demands: [queue(20)], nowMs: 20_000, lull: begun.lull })
    expect(busier).toMatchObject({ count: 4, lull: { sinceMs: 0, neededCount: 2 } })
    expect(decide({ count: 4, nowMs: 29_999, lull: busier.lull }).count).toBe(4)
    expect(decide({ count: 4, nowMs: 30_000, lull: busier.lull }).count).toBe(2)
  })

  it('begins to wait anew when all were needed meanwhile', () => {
    const { lull } = decide({ count: 2, demands: [queue(1)] })
    const needed = decide({ count: 2, demands: [queue(32)], nowMs: 29_000, lull })
    expect(needed.lull).toBeUndefined()
    expect(decide({ count: 2, nowMs: 30_000, lull: needed.lull }).count).toBe(2)
  })
})

describe('whatever the load', () => {
  const load = fc.record({
    least: fc.nat(5),
    more: fc.nat(5),
    steps: fc.array(fc.record({ waiting: fc.nat(200), passedMs: fc.nat(20_000) }), { maxLength: 40 }),
  })

  it('stays within the limits, grows at once, and shrinks late and never below what is needed', () => {
    fc.assert(
      fc.property(load, ({ least, more, steps }) => {
        const range = { least, most: Math.max(least + more, 1) }
        let [count, nowMs, lastNeededAllMs] = [least, 0, 0]
        let lull: ScaleState['lull']
        for (const { waiting, passedMs } of steps) {
          nowMs += passedMs
          const decided = decide({ range, count, demands: [queue(waiting)], nowMs, lull })
          const needed = Math.min(Math.max(Math.ceil(waiting / 16), range.least), range.most)
          expect(decided.count).toBeGreaterThanOrEqual(needed)
          expect(decided.count).toBeLessThanOrEqual(range.most)
          if (decided.count < count) expect(nowMs - lastNeededAllMs).toBeGreaterThanOrEqual(idleMs)
          if (needed >= count) lastNeededAllMs = nowMs
          ;({ count, lull } = decided)
        }
        // Nothing more to do: in the end the least is left.
        for (const _round of [1, 2]) {
          for (const passedMs of [0, idleMs]) {
            nowMs += passedMs
            ;({ count, lull } = decide({ range, count, nowMs, lull }))
          }
        }
        expect(count).toBe(range.least)
      }),
      { numRuns: 300 },
    )
  })
})
