import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'

import { planVariant } from './plan-variant.ts'

const px = fc.integer({ min: 1, max: 16_384 })
const size = fc.record({ widthPx: px, heightPx: px })
const fit = fc.constantFrom('inside' as const, 'cover' as const, 'contain' as const)

describe('planning a variant', () => {
  it('never upscales, and never cuts more than there is', () => {
    fc.assert(
      fc.property(size, size, fit, (source, asked, how) => {
        const { scaled, result } = planVariant(source, { ...asked, fit: how })

        expect(scaled.widthPx).toBeLessThanOrEqual(source.widthPx)
        expect(scaled.heightPx).toBeLessThanOrEqual(source.heightPx)
        expect(result.widthPx).toBeLessThanOrEqual(asked.widthPx)
        expect(result.heightPx).toBeLessThanOrEqual(asked.heightPx)
        if (how === 'cover') expect(result.widthPx).toBeLessThanOrEqual(scaled.widthPx)
        if (how === 'cover') expect(result.heightPx).toBeLessThanOrEqual(scaled.heightPx)
        if (how === 'contain') expect(result).toEqual(asked)
      }),
    )
  })

  it.each([
    ['a width alone', { widthPx: 800 }, 'inside', { widthPx: 800, heightPx: 533 }],
    ['a height alone', { heightPx: 400 }, 'inside', { widthPx: 600, heightPx: 400 }],
    ['a box', { widthPx: 800, heightPx: 300 }, 'inside', { widthPx: 450, heightPx: 300 }],
    [
      'a box larger than the picture',
      { widthPx: 8000, heightPx: 8000 },
      'inside',
      { widthPx: 4800, heightPx: 3200 },
    ],
    ['a square that is cut out', { widthPx: 500, heightPx: 500 }, 'cover', { widthPx: 500, heightPx: 500 }],
    [
      'a square larger than the picture',
      { widthPx: 6400, heightPx: 6400 },
      'cover',
      { widthPx: 3200, heightPx: 3200 },
    ],
    ['nothing', {}, 'cover', { widthPx: 4800, heightPx: 3200 }],
  ] as const)('gives %s', (_name, asked, how, expected) => {
    expect(planVariant({ widthPx: 4800, heightPx: 3200 }, { ...asked, fit: how }).result).toEqual(expected)
  })
})
