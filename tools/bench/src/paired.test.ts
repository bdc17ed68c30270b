import { describe, expect, it } from '@jest/globals'

import type { Contender } from './paired.ts'
import { measurePaired, median, toFigure } from './paired.ts'

describe('median', () => {
  it.each([
    [[5], 5],
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
    [[10, 9, 100], 10],
  ])('of %j is %d', (values, expected) => expect(median(values)).toBe(expected))

  it('of nothing is refused', () => expect(() => median([])).toThrow(/no values/))
})

describe('paired rounds', () => {
  it('interleave the contenders, every other round backwards, and drop the warm-up', async () => {
    const order: string[] = []
    const contender = (name: string) => ({
      name,
      sample: async () => order.push(name),
    })
    const samples = await measurePaired([contender('a'), contender('b')], { rounds: 3, warmUpRounds: 1 })
    expect(order.join('')).toBe('baabbaab')
    expect(samples.get('a')).toEqual([3, 6, 7])
    expect(samples.get('b')).toEqual([4, 5, 8])
  })

  describe('with a contender that dies in the second round', () => {
    const contenders: Contender[] = [{ name: 'steady', sample: async () => 1 }]
    const mortal = (): Contender => {
      let left = 2
      return {
        name: 'mortal',
        async sample() {
          if (left === 0) throw new Error('It died.')
          return left--
        },
      }
    }

    it('go on without it where it is left out', async () => {
      const failures: string[] = []
      const samples = await measurePaired([...contenders, mortal()], {
        rounds: 4,
        leavesOut: (name, error) => failures.push(`${name}: ${String(error)}`) > 0,
      })
      expect(failures).toEqual(['mortal: Error: It died.'])
      expect([...samples]).toEqual([['steady', [1, 1, 1, 1]]])
    })

    it('end where it is not', async () => {
      await expect(measurePaired([...contenders, mortal()], { rounds: 4 })).rejects.toThrow('It died.')
    })
  })

  it('give the ratio of the rounds, not that of the medians', () => {
    const samples = new Map([
      ['ours', [1, 20, 30]],
      ['peer', [1, 10, 100]],
    ])
    const figure = toFigure(samples, { ours: 'ours', peer: 'peer' }, { measure: 'm', unit: 'u' })
    expect(figure).toEqual({
      measure: 'm',
      unit: 'u',
      ours: 20,
      peer: { name: 'peer', value: 10 },
      ratio: 1,
      samples: 3,
    })
  })
})
