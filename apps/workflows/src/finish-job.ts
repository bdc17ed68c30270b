import type { MediaInfo } from '@zoetrope/contracts'
import {
  AssetDocument,
  err,
  JobDocument,
  mintId,
  PlaybackDocument,
  RenditionDocument,
  toErrorBody,
} from '@zoetrope/contracts'
import type { JobEnding } from '@zoetrope/domain'
import { assetMoves, canMove, isJobEnded, jobMoves, move } from '@zoetrope/domain'
import type { BatchOperation } from '@zoetrope/store'
import { eventOperation, newDocument } from '@zoetrope/store'

import { idsOf } from './claim-run.ts'
import { costOf } from './job-cost.ts'
import { readTasks } from './read-job.ts'
import { recordJobEnd } from './record-metrics.ts'
import { renditionsOf } from './task-renditions.ts'
import type { Deps } from './wiring.ts'

/** A batch holds 100 operations; the asset and an event go with the renditions. */
const renditionsPerBatch = 90

/**
 * Ends a run: renditions first (each batch touches the asset conditionally, so that a deletion wins), then the playback id,
 * then the asset, then the job. Each part is repeatable; false when somebody was faster and all is to be read again.
 */
export async function finishJob(deps: Deps, job: JobDocument, ending: JobEnding): Promise<boolean> {
  const tasks = await readTasks(deps, job)
  const renditions = await renditionsOf(deps, job, tasks)
  const standing = new Set((await readReadyRenditions(deps, [job.tenantId, job.assetId])).map(({ id }) => id))
  // What an earlier run or another job has made stays when this one could not make it anew.
  const isDelivered = await deliver(deps, job, {
    ending,
    renditions: renditions.filter(({ id, state }) => state === 'ready' || !standing.has(id)),
    media: mediaOf(tasks),
  })
  if (isDelivered === 'again') return false
  const final: JobEnding =
    isDelivered === 'gone' ? { state: 'canceled', error: toErrorBody(err('ASSET_DELETING')) } : ending
  return endJob(deps, job, final)
}

interface Delivery {
  readonly ending: JobEnding
  readonly renditions: readonly RenditionDocument[]
  readonly media: MediaInfo
}

/** Brings the library up to date. `gone`: the asset is being deleted, and stays so. */
async function deliver(
  deps: Deps,
  job: JobDocument,
  { ending, renditions, media }: Delivery,
): Promise<'done' | 'again' | 'gone'> {
  const partition = [job.tenantId, job.assetId]
  const read = (): Promise<AssetDocument | undefined> =>
    deps.store.library.read(AssetDocument, partition, job.assetId)
  const write = async (
    change: (asset: AssetDocument) => AssetDocument,
    others: readonly BatchOperation[],
  ): Promise<'done' | 'again' | 'gone'> => {
    const asset = await read()
    if (!asset || asset.state === 'deleting' || asset.state === 'deleted') return 'gone'
    const changed = { ...change(asset), updatedAt: deps.now().toISOString() }
    const outcome = await deps.store.library.batch(partition, [
      { type: 'replace', document: changed },
      ...others,
    ])
    return outcome === 'written' ? 'done' : 'again'
  }

  const playable = renditions.find(
    (rendition) => rendition.renditionKind === 'package' && rendition.state === 'ready',
  )
  for (let start = 0; start < Math.max(renditions.length, 1); start += renditionsPerBatch) {
    const part = renditions.slice(start, start + renditionsPerBatch)
    const operations = part.map((document): BatchOperation => ({ type: 'upsert', document }))
    const outcome = await write(
      (asset) => (playable ? { ...asset, playbackId: asset.playbackId ?? mintId('pbk') } : asset),
      operations,
    )
    if (outcome !== 'done') return outcome
  }
  if (playable) await writePlayback(deps, await read(), playable)

  const now = deps.now()
  const hasRendition = (await readReadyRenditions(deps, partition)).length > 0
  return write(
    (asset) =>
      toFinishedAsset(asset, {
        ending,
        media,
        hasPackage: playable !== undefined,
        hasRendition,
      }),
    [
      eventOperation(
        { ...idsOf(job), type: `asset.${endStateOf(ending, hasRendition)}`, key: [job.id, job.run] },
        now,
      ),
    ],
  )
}

/**
 * The playback id stands on the asset before its document is written, so that a deletion finds it. A deletion may have left a
 * tombstone meanwhile: only an active document is ever replaced.
 */
async function writePlayback(
  deps: Deps,
  asset: AssetDocument | undefined,
  rendition: RenditionDocument,
): Promise<void> {
  if (!asset?.playbackId || !rendition.prefix) return
  const document: PlaybackDocument = {
    ...newDocument(deps.now()),
    id: asset.playbackId,
    kind: 'playback',
    tenantId: asset.tenantId,
    assetId: asset.assetId,
    policy: 'public',
    container: 'renditions',
    prefix: rendition.prefix,
    state: 'active',
  }
  const partition = [document.id]
  while ((await deps.store.playback.create(partition, document)) === 'exists') {
    const known = await deps.store.playback.read(PlaybackDocument, partition, document.id)
    if (known?.state === 'deleted') return
    if (
      known &&
      (await deps.store.playback.replace(partition, {
        ...known,
        prefix: rendition.prefix,
      } as PlaybackDocument)) === 'replaced'
    )
      return
  }
}

/** A canceled job leaves its asset ready if any rendition is, of whichever run. */
function endStateOf(ending: JobEnding, hasRendition: boolean): 'ready' | 'failed' {
  if (ending.state === 'canceled') return hasRendition ? 'ready' : 'failed'
  return ending.state === 'failed' ? 'failed' : 'ready'
}

async function readReadyRenditions(deps: Deps, partition: readonly string[]): Promise<RenditionDocument[]> {
  return deps.store.library.query(RenditionDocument, partition, {
    text: `SELECT * FROM c WHERE c.kind = 'rendition' AND c.state = 'ready'`,
  })
}

function toFinishedAsset(
  asset: AssetDocument,
  facts: {
    readonly ending: JobEnding
    readonly media: MediaInfo
    readonly hasPackage: boolean
    readonly hasRendition: boolean
  },
): AssetDocument {
  const { error: _error, ...rest } = asset
  const state = endStateOf(facts.ending, facts.hasRendition)
  return {
    ...rest,
    state: canMove(assetMoves, asset.state, state)
      ? state
      : move(assetMoves, move(assetMoves, asset.state, 'processing'), state),
    readyToPlay: asset.readyToPlay || facts.hasPackage,
    media: { ...asset.media, ...facts.media },
    ...(facts.ending.error ? { error: facts.ending.error } : {}),
  }
}

function mediaOf(tasks: Awaited<ReturnType<typeof readTasks>>): MediaInfo {
  const told = tasks.filter(
    (task) => task.operation.endsWith('.probe') || task.operation === 'image.placeholder',
  )
  return Object.assign({}, ...told.map((task) => task.media ?? task.outputs[0]?.media ?? {})) as MediaInfo
}

/** Failed and canceled jobs stay where they were. */
function isWhole({ state }: JobEnding): boolean {
  return state === 'succeeded' || state === 'partial'
}

async function endJob(deps: Deps, stale: JobDocument, ending: JobEnding): Promise<boolean> {
  const partition = [stale.tenantId, stale.jobId]
  const job = await deps.store.jobs.read(JobDocument, partition, stale.jobId)
  if (!job || job.run !== stale.run || isJobEnded(job.state)) return true
  const now = deps.now()
  const { progress, error: _error, waitingFor: _waitingFor, nextLookAt: _next, ...rest } = job
  const document: JobDocument = {
    ...rest,
    state: move(jobMoves, job.state, ending.state),
    endedAt: now.toISOString(),
    updatedAt: now.toISOString(),
    progress: { phase: ending.state, percent: isWhole(ending) ? 100 : (progress?.percent ?? 0) },
    cost: await costOf(deps, job),
    ...(ending.error ? { error: ending.error } : {}),
  }
  const event = eventOperation(
    {
      ...idsOf(job),
      type: `job.${ending.state}`,
      key: [job.id, job.run],
      data: { cost: document.cost, error: ending.error },
    },
    now,
  )
  const outcome = await deps.store.jobs.batch(partition, [{ type: 'replace', document }, event])
  if (outcome !== 'written') return false
  recordJobEnd(deps, document)
  return true
}
