import type { JobId, TenantId } from '@zoetrope/contracts'
import { err, JobDocument } from '@zoetrope/contracts'

import type { Deps } from './wiring.ts'

/** A job of this tenant. @throws JOB_NOT_FOUND */
export async function readJob(
  deps: Pick<Deps, 'store'>,
  tenantId: TenantId,
  jobId: JobId,
): Promise<JobDocument> {
  const job = await deps.store.jobs.read(JobDocument, [tenantId, jobId], jobId)
  if (!job) throw err('JOB_NOT_FOUND')
  return job
}
