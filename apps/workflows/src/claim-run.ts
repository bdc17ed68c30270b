import type { TenantId } from '@zoetrope/contracts'
import { AssetDocument, err, JobDocument } from '@zoetrope/contracts'
import { assetMoves, canMove, isJobEnded, jobMoves, move } from '@zoetrope/domain'
import { eventOperation } from '@zoetrope/store'

import type { RunInput } from './durable-names.ts'
import type { Deps } from './wiring.ts'

/** Claims a run for an orchestration (job `queued -> running`). The same instance may claim again; another one, or another run, may not. */
export async function claimRun(deps: Deps, input: RunInput): Promise<boolean> {
  const partition = [input.tenantId, input.jobId]
  for (;;) {
    const job = await deps.store.jobs.read(JobDocument, partition, input.jobId)
    if (!job) throw err('JOB_NOT_FOUND', { detail: `There is no job ${input.jobId}.` })
    if (job.run !== input.run || isJobEnded(job.state)) return false
    if (job.state !== 'queued') return job.instanceId === input.instanceId && (await beginAsset(deps, job))
    const now = deps.now()
    const claimed: JobDocument = {
      ...job,
      state: move(jobMoves, job.state, 'running'),
      instanceId: input.instanceId,
      startedAt: now.toISOString(),
      updatedAt: now.toISOString(),
      progress: { phase: 'starting', percent: 0 },
    }
    const event = eventOperation({ ...idsOf(job), type: 'job.running', key: [job.id, job.run] }, now)
    const outcome = await deps.store.jobs.batch(partition, [{ type: 'replace', document: claimed }, event])
    if (outcome !== 'written') continue
    deps.record('job.waitMs', now.getTime() - Date.parse(job.startDueAt), { mediaType: job.mediaType })
    return beginAsset(deps, job)
  }
}

/** The asset shows that it is being worked on. One that is being deleted is left alone: the job finds that out at its end. */
async function beginAsset(deps: Deps, job: JobDocument): Promise<true> {
  const partition = [job.tenantId, job.assetId]
  for (;;) {
    const asset = await deps.store.library.read(AssetDocument, partition, job.assetId)
    if (!asset || asset.state === 'processing' || !canMove(assetMoves, asset.state, 'processing')) return true
    const document: AssetDocument = { ...asset, state: 'processing', updatedAt: deps.now().toISOString() }
    if ((await deps.store.library.replace(partition, document)) !== 'changed') return true
  }
}

/** The ids of a job, as events carry them. */
export function idsOf(
  job: Pick<JobDocument, 'tenantId' | 'jobId' | 'assetId'>,
): Pick<JobDocument, 'jobId' | 'assetId'> & { tenantId: TenantId } {
  return { tenantId: job.tenantId as TenantId, jobId: job.jobId, assetId: job.assetId }
}
