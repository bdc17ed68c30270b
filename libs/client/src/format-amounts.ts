import type { MoneyBody } from '@zoetrope/contracts'

/** Money for people: exact to the nano-unit, with at least two and only the needed decimals, such as `$0.000118`. */
export function formatMoney({ amountNano, currency }: MoneyBody): string {
  const digits = String(amountNano).padStart(10, '0')
  const decimals = digits.slice(-9).replace(/0+$/, '').padEnd(2, '0')
  const amount = `${digits.slice(0, -9)}.${decimals}`
  return currency === 'USD' ? `$${amount}` : `${amount} ${currency}`
}

/** A size for people, such as `1.4 MB`. */
export function formatSize(sizeBytes: number): string {
  if (sizeBytes < 1000) return `${sizeBytes} B`
  const units = ['kB', 'MB', 'GB', 'TB']
  let value = sizeBytes / 1000
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ${units[unit]}`
}
