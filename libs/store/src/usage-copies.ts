import type { Container } from '@azure/cosmos'
import type { UsageRecordDocument } from '@zoetrope/contracts'

/** Sums of usage records of one day, meter and operation. Amounts in nano-units of the currency. */
export interface UsageSum {
  readonly day: string
  readonly meter: string
  readonly unit: string
  readonly operation: string
  readonly currency: string
  readonly billable: boolean
  readonly quantity: number
  readonly records: number
  readonly amountNano: number
}

/** Which usage to sum up: one tenant, UTC days from..to (both included), and one job where given. */
export interface UsageQuery {
  readonly tenantId: string
  readonly fromDay: string
  readonly toDay: string
  readonly jobId?: string
}

/** Usage by day: copies of usage records, and sums over them. */
export interface UsageCopies {
  /** Copies records by their id; a repeat is harmless. */
  copy(records: readonly UsageRecordDocument[]): Promise<void>
  /** Sums up, ordered by day, meter and operation. */
  sum(query: UsageQuery): Promise<UsageSum[]>
}

/** Usage by day in the container `usage` [/tenantId, /day]. */
export function cosmosUsageCopies(container: Container): UsageCopies {
  return {
    async copy(records) {
      for (const record of records) {
        const own = Object.fromEntries(Object.entries(record).filter(([name]) => !name.startsWith('_')))
        await container.items.upsert(own)
      }
    },
    async sum(query) {
      const filter = query.jobId ? ' AND c.jobId = @jobId' : ''
      const { resources } = await container.items
        .query<UsageSum>(
          {
            query: `SELECT c.day, c.meter, c.unit, c.operation, c.currency, c.billable, SUM(c.quantity) AS quantity,
                COUNT(1) AS records, SUM(c.amountNano) AS amountNano
              FROM c WHERE c.kind = 'usage' AND c.tenantId = @tenantId AND c.day >= @fromDay AND c.day <= @toDay${filter}
              GROUP BY c.day, c.meter, c.unit, c.operation, c.currency, c.billable`,
            parameters: [
              { name: '@tenantId', value: query.tenantId },
              { name: '@fromDay', value: query.fromDay },
              { name: '@toDay', value: query.toDay },
              ...(query.jobId ? [{ name: '@jobId', value: query.jobId }] : []),
            ],
          },
          { partitionKey: [query.tenantId] },
        )
        .fetchAll()
      const key = (sum: UsageSum): string => `${sum.day} ${sum.meter} ${sum.operation}`
      return resources.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
    },
  }
}
