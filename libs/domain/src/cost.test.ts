import { describe, expect, it } from '@jest/globals'
import { demoPriceBook, meters } from '@zoetrope/contracts'

import { priceUsage, sumAmounts } from './cost.ts'

const usage = { meter: 'image.pixels', unit: 'pixel', billable: true }

describe('a price', () => {
  it('is worked out in integers and rounded half-up once', () => {
    // 20,000 nano-dollars per 1,000,000 pixels: 640 x 480 = 307,200 pixels cost 6,144; 25 pixels cost 0.5, thus 1; 24 cost 0.48, thus 0.
    expect(priceUsage({ ...usage, quantity: 307_200 }, demoPriceBook).amountNano).toBe(6144)
    expect(priceUsage({ ...usage, quantity: 25 }, demoPriceBook).amountNano).toBe(1)
    expect(priceUsage({ ...usage, quantity: 24 }, demoPriceBook).amountNano).toBe(0)
  })

  it('does not lose a nano on large quantities', () => {
    // 9e15 pixels: 9e15 * 20,000 / 1e6 = 1.8e14, while the product alone is far over 2^53.
    expect(priceUsage({ ...usage, quantity: 9_000_000_000_000_000 }, demoPriceBook).amountNano).toBe(
      180_000_000_000_000,
    )
  })

  it('of what is not billable is nothing', () => {
    expect(priceUsage({ ...usage, quantity: 1_000_000, billable: false }, demoPriceBook).amountNano).toBe(0)
  })

  it('is there for every meter', () => {
    for (const [meter, unit] of Object.entries(meters)) {
      expect(
        priceUsage({ meter, unit, quantity: 1_000_000, billable: true }, demoPriceBook).amountNano,
      ).toBeGreaterThan(0)
    }
  })

  it('adds up', () => {
    expect(sumAmounts([{ amountNano: 1 }, { amountNano: 2 }])).toBe(3)
    expect(sumAmounts([])).toBe(0)
  })
})
