import type { ErrorBody, JobStartMessage, TenantId } from '@zoetrope/contracts'
import { AssetDocument, demoPriceBook, deriveId, JobDocument } from '@zoetrope/contracts'
import { assetMoves, defaultWorkflowFor, move } from '@zoetrope/domain'
import { eventOperation, newDocument } from '@zoetrope/store'

import type { Deps } from './wiring.ts'

/**
 * Steps 2 and 3 of SPINE's outbox: the job that the asset names, then its start message; each repeatable.
 * An asset that nothing can be made of gets a job that has failed already, and is failed itself.
 */
export async function createJob(deps: Deps, asset: AssetDocument, traceparent?: string): Promise<void> {
  const { tenantId, jobId } = asset
  let job = await deps.store.jobs.read(JobDocument, [tenantId, jobId], jobId)
  if (!job) {
    await writeJob(deps, asset)
    job = await deps.store.jobs.read(JobDocument, [tenantId, jobId], jobId)
  }
  if (job?.state === 'queued') {
    const message: JobStartMessage = {
      tenantId: asset.tenantId as TenantId,
      jobId,
      run: job.run,
      ...(traceparent ? { traceparent } : {}),
    }
    await deps.queues.send('job-starts', message)
  }
  if (asset.error && job?.state === 'failed') await failAsset(deps, asset, asset.error)
}

const noCost = { amountNano: 0, currency: demoPriceBook.currency }

async function writeJob(deps: Deps, asset: AssetDocument): Promise<void> {
  const now = deps.clock()
  const { tenantId: owner, assetId, jobId, mediaType, source, error } = asset
  const tenantId = owner as TenantId
  const workflow = defaultWorkflowFor(mediaType)
  const job: JobDocument = {
    ...newDocument(now),
    id: jobId,
    kind: 'job',
    tenantId,
    jobId,
    assetId,
    mediaType,
    source,
    workflow: {
      workflowId: workflow?.workflowId ?? deriveId('wfl', 'default', mediaType),
      version: workflow?.version ?? 1,
    },
    state: error ? 'failed' : 'queued',
    run: 1,
    startDueAt: now.toISOString(),
    ...(error ? { endedAt: now.toISOString(), cost: noCost, error } : {}),
  }
  const event = error
    ? { type: 'job.failed', data: { run: 1, error } }
    : { type: 'job.queued', data: { run: 1 } }
  const outcome = await deps.store.jobs.batch(
    [tenantId, jobId],
    [
      { type: 'create', document: job },
      eventOperation({ tenantId, assetId, jobId, key: [jobId, 1], ...event }, now),
    ],
  )
  if (!error || outcome !== 'written') return
  deps.record('jobs.ended', 1, { state: 'failed', mediaType, code: error.code, category: error.category })
}

/** Ends the asset. A lost race is left to the next look: somebody else has changed it, perhaps to delete it. */
async function failAsset(deps: Deps, asset: AssetDocument, error: ErrorBody): Promise<void> {
  const { tenantId: owner, assetId, jobId } = asset
  const tenantId = owner as TenantId
  const current = await deps.store.library.read(AssetDocument, [tenantId, assetId], assetId)
  if (current?.state !== 'pending') return
  const now = deps.clock()
  const failed: AssetDocument = {
    ...current,
    state: move(assetMoves, current.state, 'failed'),
    updatedAt: now.toISOString(),
  }
  await deps.store.library.batch(
    [tenantId, assetId],
    [
      { type: 'replace', document: failed },
      eventOperation(
        { tenantId, assetId, jobId, type: 'asset.failed', key: [assetId, jobId], data: { error } },
        now,
      ),
    ],
  )
}
