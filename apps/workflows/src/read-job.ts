import { err, JobDocument, TaskDocument } from '@zoetrope/contracts'

import type { Deps } from './wiring.ts'

/** A job with the tasks of its run, in the order in which they were planned. */
export interface JobWithTasks {
  readonly job: JobDocument
  readonly tasks: readonly TaskDocument[]
}

/** Reads a job and the tasks of its current run. @throws JOB_NOT_FOUND */
export async function readJob(deps: Deps, tenantId: string, jobId: string): Promise<JobWithTasks> {
  const partition = [tenantId, jobId]
  const job = await deps.store.jobs.read(JobDocument, partition, jobId)
  if (!job) throw err('JOB_NOT_FOUND', { detail: `There is no job ${jobId}.` })
  return { job, tasks: await readTasks(deps, job) }
}

/** Reads the tasks of a job's current run: the probe first, then as planned. */
export async function readTasks(deps: Deps, job: JobDocument): Promise<readonly TaskDocument[]> {
  const tasks = await deps.store.jobs.query(TaskDocument, [job.tenantId, job.jobId], {
    text: `SELECT * FROM c WHERE c.kind = 'task' AND c.run = @run`,
    parameters: { run: job.run },
  })
  return tasks.toSorted((a, b) => a.order - b.order)
}
