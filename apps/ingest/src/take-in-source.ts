import { buffer } from 'node:stream/consumers'

import type { ErrorBody, JobDocument } from '@zoetrope/contracts'
import { AssetDocument, err, mintId, toErrorBody, UploadDocument } from '@zoetrope/contracts'
import type { BlobFacts } from '@zoetrope/blobs'
import { defaultWorkflowFor } from '@zoetrope/domain'
import type { BatchOperation } from '@zoetrope/store'
import { eventOperation, newDocument } from '@zoetrope/store'

import type { SniffedType } from './sniff-type.ts'
import { sniffBytes, sniffType } from './sniff-type.ts'
import type { SourceIds } from './source-ids.ts'
import { sourceIdsOf } from './source-ids.ts'
import type { Deps } from './wiring.ts'

/** What became of a blob. */
export type TakenIn = 'job started' | 'job failed' | 'ignored'

/**
 * Makes an asset and a job of a stored file: asset + event in one batch, job + event in another, then the start message.
 * Each step is repeatable; ids are kept on the asset, so an event that comes twice makes nothing twice.
 */
export async function takeInSource(deps: Deps, blob: string): Promise<TakenIn> {
  const facts = await deps.uploads.head(blob)
  const ids = facts && sourceIdsOf(blob, facts.etag)
  if (!ids) return 'ignored'
  const asset = await findOrCreateAsset(deps, ids, facts)
  if (!asset) return 'ignored'
  return startJob(deps, asset)
}

/** Makes the job of an asset, unless it is there, and asks for its start unless it has failed already. */
export async function startJob(deps: Deps, asset: AssetDocument): Promise<TakenIn> {
  const now = deps.now()
  const job = toJob(asset, now)
  const tenantId = asset.tenantId as SourceIds['tenantId']
  const told = { tenantId, assetId: asset.assetId, jobId: asset.jobId }
  const events = ['job.queued', ...(job.state === 'failed' ? ['job.failed'] : [])].map((type) =>
    eventOperation(
      { ...told, type, key: [job.id, 1], ...(job.error ? { data: { error: job.error } } : {}) },
      now,
    ),
  )
  // "exists": an earlier try got this far.
  await deps.store.jobs.batch([tenantId, job.jobId], [{ type: 'create', document: job }, ...events])
  if (job.state === 'failed') return 'job failed'
  await deps.queues.send('job-starts', { tenantId, jobId: job.jobId, run: 1 })
  return 'job started'
}

/** The asset of a source; undefined when it is being deleted. The etag that is read here is the one that every later read asks for. */
async function findOrCreateAsset(
  deps: Deps,
  ids: SourceIds,
  facts: BlobFacts,
): Promise<AssetDocument | undefined> {
  const partition = [ids.tenantId, ids.assetId]
  for (;;) {
    const known = await deps.store.library.read(AssetDocument, partition, ids.assetId)
    if (known) return known.state === 'deleting' || known.state === 'deleted' ? undefined : known
    const upload = await deps.store.library.read(UploadDocument, partition, ids.uploadId)
    if (upload?.state === 'canceled') return undefined
    const type = await sniff(deps, facts)
    const now = deps.now()
    const asset = toAsset(deps, { ids, facts, type, upload, now })
    const operations: BatchOperation[] = [
      { type: 'create', document: asset },
      eventOperation(
        {
          tenantId: ids.tenantId,
          assetId: ids.assetId,
          type: 'asset.created',
          key: [ids.assetId],
          data: { mediaType: type.mediaType },
        },
        now,
      ),
    ]
    if (upload)
      operations.push({
        type: 'replace',
        document: {
          ...upload,
          state: 'completed',
          sizeBytes: facts.sizeBytes,
          updatedAt: now.toISOString(),
        } as UploadDocument,
      })
    if ((await deps.store.library.batch(partition, operations)) === 'written') return asset
  }
}

async function sniff(deps: Deps, facts: BlobFacts): Promise<SniffedType> {
  const unknown: SniffedType = { mediaType: 'unknown', contentType: 'application/octet-stream' }
  if (facts.sizeBytes === 0) return unknown
  const head = await deps.uploads.open(facts.name, {
    offset: 0,
    count: Math.min(sniffBytes, facts.sizeBytes),
    etag: facts.etag,
  })
  // Overwritten or deleted between two reads: its own event follows, or there is nothing to take in.
  if (head === 'missing' || head === 'changed') throw err('SOURCE_CHANGED')
  return sniffType(await buffer(head))
}

interface NewAsset {
  readonly ids: SourceIds
  readonly facts: BlobFacts
  readonly type: SniffedType
  readonly upload: UploadDocument | undefined
  readonly now: Date
}

function toAsset(deps: Deps, { ids, facts, type, upload, now }: NewAsset): AssetDocument {
  const error = refuse(type, facts.sizeBytes, deps.settings.maxSourceBytes)
  const filename = upload?.filename ?? facts.name.split('/').at(-1)
  return {
    ...newDocument(now),
    id: ids.assetId,
    kind: 'asset',
    tenantId: ids.tenantId,
    assetId: ids.assetId,
    state: error ? 'failed' : 'pending',
    readyToPlay: false,
    mediaType: type.mediaType,
    jobId: mintId('job', now.getTime()),
    source: {
      container: 'uploads',
      blob: facts.name,
      etag: facts.etag,
      sizeBytes: facts.sizeBytes,
      contentType: type.contentType,
      ...(filename ? { filename } : {}),
    },
    labels: upload?.labels ?? {},
    ...(error ? { error } : {}),
  }
}

/** Why a source is not processed at all; undefined when it is. */
function refuse(type: SniffedType, sizeBytes: number, maxBytes: number): ErrorBody | undefined {
  if (sizeBytes === 0) return toErrorBody(err('SOURCE_EMPTY'))
  if (sizeBytes > maxBytes)
    return toErrorBody(
      err('SOURCE_TOO_LARGE', { detail: `The file has ${sizeBytes} bytes; ${maxBytes} are allowed.` }),
    )
  if (defaultWorkflowFor(type.mediaType)) return undefined
  return toErrorBody(
    err('SOURCE_TYPE_UNSUPPORTED', { detail: `By its bytes the file is ${type.contentType}.` }),
  )
}

function toJob(asset: AssetDocument, now: Date): JobDocument {
  const workflow = defaultWorkflowFor(asset.mediaType)
  const hasFailed = asset.state === 'failed'
  return {
    ...newDocument(now),
    id: asset.jobId,
    kind: 'job',
    tenantId: asset.tenantId,
    jobId: asset.jobId,
    assetId: asset.assetId,
    mediaType: asset.mediaType,
    source: asset.source,
    workflow: { workflowId: workflow?.workflowId ?? 'none', version: workflow?.version ?? 1 },
    state: hasFailed ? 'failed' : 'queued',
    run: 1,
    startDueAt: now.toISOString(),
    ...(hasFailed ? { endedAt: now.toISOString(), cost: { amountNano: 0, currency: 'USD' } } : {}),
    ...(asset.error ? { error: asset.error } : {}),
  }
}
