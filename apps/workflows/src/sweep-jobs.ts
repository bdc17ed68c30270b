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

/** Finds what was forgotten: queued jobs that nobody claimed, running ones whose orchestration is gone, and looks that are overdue. */
export async function sweepJobs(deps: Deps, sweep: JobSweep): Promise<void> {
  const now = deps.now()
  const longAgo = new Date(now.getTime() - deps.settings.unclaimedMs).toISOString()
  const jobs = await deps.store.jobs.queryAllTenants(JobDocument, {
    text: `SELECT * FROM c WHERE c.kind = 'job' AND ((c.state = 'queued' AND c.startDueAt <= @longAgo) OR c.state = 'running' OR c.state = 'waiting') ORDER BY c.updatedAt`,
    parameters: { longAgo },
    limit: maxJobsPerSweep,
  })
  for (const job of jobs) {
    const instanceId = instanceIdOf(job.jobId, job.run)
    if (job.state === 'queued' || !(await sweep.isAlive(instanceId))) await sweep.start(job)
    else if (
      job.nextLookAt === undefined ||
      Date.parse(job.nextLookAt) + deps.settings.silenceMs < now.getTime()
    )
      await sweep.wake(instanceId)
  }
}
