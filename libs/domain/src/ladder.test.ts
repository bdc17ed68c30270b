import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'

import { chooseLadder } from './ladder.ts'

describe('a ladder', () => {
  it('has both rungs for a 1080p source', () => {
    expect(chooseLadder({ widthPx: 1920, heightPx: 1080 })).toEqual([
      { name: '360p', widthPx: 640, heightPx: 360, bitrateBps: 800_000 },
      { name: '720p', widthPx: 1280, heightPx: 720, bitrateBps: 2_800_000 },
    ])
  })

  it('turns with a portrait source', () => {
    expect(
      chooseLadder({ widthPx: 1080, heightPx: 1920 }).map((rung) => [rung.widthPx, rung.heightPx]),
    ).toEqual([
      [360, 640],
      [720, 1280],
    ])
  })

  it('keeps a source below the lowest rung at its own size, made even', () => {
    expect(chooseLadder({ widthPx: 321, heightPx: 181 })).toMatchObject([
      { name: '182p', widthPx: 322, heightPx: 182 },
    ])
  })

  it('is never empty, never upscales beyond evenness, and rises', () => {
    const side = fc.integer({ min: 2, max: 8192 })
    fc.assert(
      fc.property(
        side,
        side,
        fc.option(fc.integer({ min: 1, max: 50_000_000 }), { nil: undefined }),
        (widthPx, heightPx, bitrateBps) => {
          const rungs = chooseLadder({ widthPx, heightPx, bitrateBps })

          expect(rungs.length).toBeGreaterThan(0)
          for (const [index, rung] of rungs.entries()) {
            expect((rung.widthPx % 2) + (rung.heightPx % 2)).toBe(0)
            expect(rung.widthPx).toBeLessThanOrEqual(widthPx + 1)
            expect(rung.heightPx).toBeLessThanOrEqual(heightPx + 1)
            expect(rung.bitrateBps).toBeGreaterThanOrEqual(rungs[index - 1]?.bitrateBps ?? 1)
          }
        },
      ),
    )
  })
})
