import type { PriceBook, TaskUsage } from '@zoetrope/contracts'
import { err } from '@zoetrope/contracts'

/** Price of one metered quantity. Nano-units of the currency. */
export interface PricedUsage {
  readonly amountNano: number
  readonly currency: string
  readonly priceBookVersion: number
}

/** Prices one metered quantity: integer arithmetic, rounded half-up once. What is not billable costs nothing. @throws INTERNAL for a meter without a price */
export function priceUsage(usage: TaskUsage, book: PriceBook): PricedUsage {
  const free = { amountNano: 0, currency: book.currency, priceBookVersion: book.version }
  if (!usage.billable) return free
  const price = book.prices.find((candidate) => candidate.meter === usage.meter)
  if (!price) throw err('INTERNAL', { detail: `The price book has no price for the meter ${usage.meter}.` })
  const exact = BigInt(usage.quantity) * BigInt(price.amountNano)
  const per = BigInt(price.perQuantity)
  return { ...free, amountNano: Number((2n * exact + per) / (2n * per)) }
}

/** Sum of amounts, nano-units. */
export function sumAmounts(amounts: readonly { readonly amountNano: number }[]): number {
  return Number(amounts.reduce((sum, { amountNano }) => sum + BigInt(amountNano), 0n))
}
