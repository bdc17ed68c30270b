import { AssetDocument, JobDocument, UploadDocument } from '@zoetrope/contracts'

import { createJob } from './create-job.ts'
import type { TakeInOutcome } from './take-in-blob.ts'
import { takeInBlob } from './take-in-blob.ts'
import type { Deps as Wired } from './wiring.ts'

/** What a sweep works with, and who is told of what it could not do. */
export type Deps = Wired & { onFailure(message: string, cause: unknown): void }

/** Looked at in one sweep, of each kind; the rest waits for the next one. */
const maxPerSweep = 200
/** Files remembered as taken in, so that a sweep does not ask the database for each of them again. */
const maxSettled = 100_000

/** Uploads are looked at until this long after their URL has expired; their files are still found by the list. */
const expiredMs = 24 * 3_600_000

/** Takes in what an event missed: committed files without an asset, and assets whose job was never made. */
export async function sweepUploads(
  deps: Deps,
): Promise<{ readonly takenIn: number; readonly resumed: number }> {
  const before = new Date(deps.clock().getTime() - deps.sweepGraceMs)
  const resumed = await resumeAssets(deps, before)
  const takenIn = (await takeInUploads(deps, before)) + (await takeInFiles(deps, before))
  return { takenIn, resumed }
}

/** Assets that are `pending` and whose job is missing, still queued, or failed before the asset heard of it. */
async function resumeAssets(deps: Deps, before: Date): Promise<number> {
  const assets = await deps.store.library.queryAllTenants(AssetDocument, {
    text: "SELECT * FROM c WHERE c.kind = 'asset' AND c.state = 'pending' AND c.updatedAt < @before ORDER BY c.updatedAt",
    parameters: { before: before.toISOString() },
    limit: maxPerSweep,
  })
  let resumed = 0
  for (const asset of assets) {
    const job = await deps.store.jobs.read(JobDocument, [asset.tenantId, asset.jobId], asset.jobId)
    if (job && !(asset.error && job.state === 'failed')) continue
    await createJob(deps, asset)
    resumed += 1
  }
  return resumed
}

/** Uploads whose file is there although nothing was heard of it. */
async function takeInUploads(deps: Deps, before: Date): Promise<number> {
  const uploads = await deps.store.library.queryAllTenants(UploadDocument, {
    text: "SELECT * FROM c WHERE c.kind = 'upload' AND c.state IN ('created', 'uploading') AND c.updatedAt < @before AND c.expiresAt > @expired ORDER BY c.updatedAt DESC",
    parameters: {
      before: before.toISOString(),
      expired: new Date(before.getTime() - expiredMs).toISOString(),
    },
    limit: maxPerSweep,
  })
  let takenIn = 0
  for (const { blob } of uploads) if ((await tryToTakeIn(deps, blob)) === 'taken') takenIn += 1
  return takenIn
}

/** Files that a tool dropped into the container. */
async function takeInFiles(deps: Deps, before: Date): Promise<number> {
  let takenIn = 0
  if (deps.settled.size > maxSettled) deps.settled.clear()
  for await (const file of deps.uploads.list()) {
    if (file.lastModified > before || !file.isBlockBlob) continue
    const version = `${file.name} ${file.etag}`
    if (deps.settled.has(version)) continue
    const outcome = await tryToTakeIn(deps, file.name)
    if (outcome === 'failed') continue
    if (outcome === 'taken') takenIn += 1
    deps.settled.add(version)
    if (takenIn >= maxPerSweep) break
  }
  return takenIn
}

/** A file that cannot be taken in now does not hold up the others: the next sweep tries it again. */
async function tryToTakeIn(deps: Deps, blob: string): Promise<TakeInOutcome | 'failed'> {
  try {
    return await takeInBlob(deps, blob)
  } catch (thrown) {
    deps.onFailure(`The sweep could not take in ${blob}.`, thrown)
    return 'failed'
  }
}
