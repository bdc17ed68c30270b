import type { JobDocument } from '@zoetrope/contracts'
import { UsageRecordDocument } from '@zoetrope/contracts'
import { sumAmounts } from '@zoetrope/domain'

import type { Deps } from './wiring.ts'

/** What a job has cost so far, over all of its runs. */
export async function costOf(deps: Deps, job: JobDocument): Promise<NonNullable<JobDocument['cost']>> {
  const records = await deps.store.jobs.query(UsageRecordDocument, [job.tenantId, job.jobId], {
    text: `SELECT * FROM c WHERE c.kind = 'usage' AND c.billable = true`,
  })
  return { amountNano: sumAmounts(records), currency: records[0]?.currency ?? 'USD' }
}
