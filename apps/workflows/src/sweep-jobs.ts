import { JobDocument } from '@zoetrope/contracts'

import { instanceIdOf } from './durable-names.ts'
import type { Deps } from './wiring.ts'

/** Jobs looked at in one sweep. */
const maxJobsPerSweep = 200

/** What a sweep does with a job: start it again (unclaimed, or its orchestration is gone), or wake it. */
export interface JobSweep {
  isAlive(instanceId: string): Promise<boolean>
  start(job: JobDocument): Promise<void>
  wake(instanceId: string): Promise<void>
}

/**
 * Finds what was forgotten: queued jobs that nobody claimed, and looks that are overdue, be it because a wake was lost or because
 * the orchestration is gone. Jobs that are looked at in time are not read, so they never stand before those that are not.
 */
export async function sweepJobs(deps: Deps, sweep: JobSweep): Promise<void> {
  const nowMs = deps.now().getTime()
  const jobs = await deps.store.jobs.queryAllTenants(JobDocument, {
    text: `SELECT * FROM c WHERE c.kind = 'job' AND ((c.state = 'queued' AND c.startDueAt <= @unclaimed)
      OR ((c.state = 'running' OR c.state = 'waiting') AND (NOT IS_DEFINED(c.nextLookAt) OR c.nextLookAt < @overdue)))
      ORDER BY c.updatedAt`,
    parameters: {
      unclaimed: new Date(nowMs - deps.settings.unclaimedMs).toISOString(),
      overdue: new Date(nowMs - deps.settings.silenceMs).toISOString(),
    },
    limit: maxJobsPerSweep,
  })
  for (const job of jobs) {
    const instanceId = instanceIdOf(job.jobId, job.run)
    if (job.state === 'queued' || !(await sweep.isAlive(instanceId))) await sweep.start(job)
    else await sweep.wake(instanceId)
  }
}
