import type { CreateJobBody, JobId, JobStartMessage, TenantId } from '@zoetrope/contracts'
import { err, JobDocument } from '@zoetrope/contracts'
import { eventOperation, newDocument } from '@zoetrope/store'

import { findWorkflow } from './find-workflow.ts'
import { readAsset } from './read-asset.ts'
import { readJob } from './read-job.ts'
import type { Deps } from './wiring.ts'

/** What a job is made of. */
export interface NewJob extends CreateJobBody {
  readonly tenantId: TenantId
  readonly jobId: JobId
}

/** Makes a job for an asset that stands, and asks for its start; each step repeatable with the same id. */
export async function createJob(deps: Deps, wanted: NewJob): Promise<JobDocument> {
  const { tenantId, jobId } = wanted
  const known = await deps.store.jobs.read(JobDocument, [tenantId, jobId], jobId)
  const job = known ?? (await writeJob(deps, wanted))
  if (job.state === 'queued') {
    const message: JobStartMessage = { tenantId, jobId, run: job.run }
    await deps.queues.send('job-starts', message)
  }
  return job
}

async function writeJob(deps: Deps, { tenantId, jobId, assetId, workflowId }: NewJob): Promise<JobDocument> {
  const asset = await readAsset(deps, tenantId, assetId)
  if (asset.state === 'deleting') throw err('ASSET_DELETING')
  if (asset.state !== 'ready' && asset.state !== 'failed')
    throw err('STATE_CONFLICT', { detail: `The asset is ${asset.state}: a job works on it already.` })
  if (asset.source.sizeBytes === 0) throw err('SOURCE_EMPTY')
  if (asset.source.sizeBytes > deps.settings.maxSourceBytes) throw err('SOURCE_TOO_LARGE')
  const workflow = await findWorkflow(deps, tenantId, asset, workflowId)
  const now = deps.clock()
  const job: JobDocument = {
    ...newDocument(now),
    id: jobId,
    kind: 'job',
    tenantId,
    jobId,
    assetId,
    mediaType: asset.mediaType,
    source: asset.source,
    workflow,
    state: 'queued',
    run: 1,
    startDueAt: now.toISOString(),
  }
  await deps.store.jobs.batch(
    [tenantId, jobId],
    [
      { type: 'create', document: job },
      eventOperation(
        { tenantId, assetId, jobId, type: 'job.queued', key: [jobId, 1], data: { run: 1 } },
        now,
      ),
    ],
  )
  return readJob(deps, tenantId, jobId)
}
