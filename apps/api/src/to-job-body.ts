import type { JobDocument, TaskDocument } from '@zoetrope/contracts'
import { JobBody } from '@zoetrope/contracts'

/** A job as the API shows it; with its tasks where they are given. */
export function toJobBody(job: JobDocument, tasks?: readonly TaskDocument[]): JobBody {
  return JobBody.parse({ ...job, id: job.jobId, ...(tasks ? { tasks } : {}) })
}
