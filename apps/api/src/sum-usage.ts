import type { JobId, TenantId, UsageBody } from '@zoetrope/contracts'
import { demoPriceBook, err } from '@zoetrope/contracts'
import { sumAmounts } from '@zoetrope/domain'

import type { Deps } from './wiring.ts'

const dayMs = 24 * 3_600_000
const defaultDays = 30
const maxDays = 366

/** Sums up the usage of a tenant over UTC days, both included. The total is what is charged. @throws REQUEST_INVALID */
export async function sumUsage(
  deps: Pick<Deps, 'usage' | 'clock'>,
  tenantId: TenantId,
  query: {
    readonly from?: string | undefined
    readonly to?: string | undefined
    readonly jobId?: JobId | undefined
  },
): Promise<UsageBody> {
  const to = query.to ?? toDay(deps.clock().getTime())
  const from = query.from ?? toDay(Date.parse(to) - (defaultDays - 1) * dayMs)
  const days = (Date.parse(to) - Date.parse(from)) / dayMs + 1
  if (days < 1) throw refuse('/from', 'must not be after `to`')
  if (days > maxDays) throw refuse('/from', `must be at most ${maxDays} days before \`to\``)
  const data = await deps.usage.sum({
    tenantId,
    fromDay: from,
    toDay: to,
    ...(query.jobId ? { jobId: query.jobId } : {}),
  })
  const amountNano = sumAmounts(data.filter((row) => row.billable))
  const currency = data[0]?.currency ?? demoPriceBook.currency
  return { from, to, total: { amountNano, currency }, data }
}

function toDay(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10)
}

function refuse(pointer: string, detail: string): Error {
  return err('REQUEST_INVALID', { errors: [{ pointer, detail }] })
}
