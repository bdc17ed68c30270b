import { readFileSync } from 'node:fs'

import { z } from 'zod'

const price = z.object({
  /** How many of the meter's unit the amount buys. */
  per: z.number().positive(),
  amount: z.number().nonnegative(),
  /** What Azure gives a subscription each month for nothing, in the meter's unit. */
  freePerMonth: z.number().nonnegative(),
})

/** Every meter of Azure that a bill of the product has. */
export const meterNames = [
  'function.executions',
  'function.gbSeconds',
  'function.alwaysReadyGbSeconds',
  'container.coreSeconds',
  'container.gbSeconds',
  'durable.actions',
  'cosmos.serverlessRequestUnits',
  'cosmos.autoscaleRuHours',
  'cosmos.storedGbMonths',
  'blob.writes',
  'blob.reads',
  'blob.storedGbMonths',
  'queue.operations',
  'table.operations',
  'eventGrid.operations',
  'logs.gb',
  'network.egressGb',
  'network.privateEndpointHours',
  'frontDoor.standardMonths',
  'frontDoor.premiumMonths',
  'staticSite.standardMonths',
] as const
/** Name of a meter. */
export type MeterName = (typeof meterNames)[number]

const PriceList = z.strictObject({
  name: z.string(),
  currency: z.string().length(3),
  date: z.string(),
  prices: z.record(z.enum(meterNames), price),
})
/** Prices of every meter, in one currency, of one day and region. */
export type PriceList = z.infer<typeof PriceList>

/** Reads a price list. @throws Error naming the file and what is wrong in it */
export function readPriceList(file: string): PriceList {
  const parsed = PriceList.safeParse(JSON.parse(readFileSync(file, 'utf8')))
  if (!parsed.success) throw new Error(`${file} is no price list: ${z.prettifyError(parsed.error)}`)
  return parsed.data
}

/** Quantities of meters, in their units. */
export type Quantities = Readonly<Partial<Record<MeterName, number>>>

/** One meter of a bill. */
export interface BillLine {
  readonly meter: MeterName
  readonly quantity: number
  readonly amount: number
}

/**
 * A bill for quantities of one month, dearest meter first; meters without quantity are left out.
 *
 * @param options.withFreeGrants take off what is free each month (for a subscription that has nothing else running)
 */
export function billOf(
  quantities: Quantities,
  { prices }: PriceList,
  options: { readonly withFreeGrants: boolean },
): readonly BillLine[] {
  return meterNames
    .map((meter) => {
      const quantity = quantities[meter] ?? 0
      const { per, amount, freePerMonth } = prices[meter]
      const charged = options.withFreeGrants ? Math.max(0, quantity - freePerMonth) : quantity
      return { meter, quantity, amount: (charged / per) * amount }
    })
    .filter(({ quantity }) => quantity > 0)
    .toSorted((a, b) => b.amount - a.amount)
}

/** The sum of a bill. */
export function totalOf(bill: readonly BillLine[]): number {
  return bill.reduce((sum, { amount }) => sum + amount, 0)
}

/** Adds quantities, meter by meter. */
export function addQuantities(...all: readonly Quantities[]): Quantities {
  const sums: Partial<Record<MeterName, number>> = {}
  for (const quantities of all) {
    for (const meter of meterNames) {
      const quantity = quantities[meter]
      if (quantity !== undefined) sums[meter] = (sums[meter] ?? 0) + quantity
    }
  }
  return sums
}
