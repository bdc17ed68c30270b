import type { CostEstimate } from './estimate-cost.ts'
import type { BillLine, PriceList } from './price-list.ts'
import { totalOf } from './price-list.ts'

/** An estimate for people: sums first, then the bill, dearest meter first. */
export function formatEstimate(estimate: CostEstimate, { name, currency, date }: PriceList): string {
  const money = (amount: number, digits = 2): string => `${amount.toFixed(digits)} ${currency}`
  const line = ({ meter, quantity, amount }: BillLine): string =>
    `  ${meter.padEnd(30)} ${formatQuantity(quantity).padStart(16)} ${money(amount).padStart(14)}`
  const { photos, video, atRest, bill, total } = estimate
  return [
    `Prices: ${name}, ${date}. An estimate: see docs/operations/cost.md for what it holds and what not.`,
    '',
    `${photos.count} photos (${photos.what}): ${money(photos.total)}, ${money(photos.each, 5)} each`,
    `${video.hours} hours of video (${video.what}): ${money(video.total)}, ${money(video.eachHour)} an hour`,
    `At rest, a month: ${money(totalOf(atRest))}`,
    ...atRest.map(line),
    '',
    `The whole month: ${money(total)}`,
    ...bill.map(line),
  ].join('\n')
}

function formatQuantity(quantity: number): string {
  const digits = quantity < 10 ? 3 : 0
  return quantity.toLocaleString('en', { maximumFractionDigits: digits })
}
