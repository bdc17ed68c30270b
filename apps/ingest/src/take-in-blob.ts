import type { ErrorBody } from '@zoetrope/contracts'
import { err } from '@zoetrope/contracts'

import { findBlobPlace } from './blob-place.ts'
import { createAsset } from './create-asset.ts'
import { createJob } from './create-job.ts'
import type { Deps } from './wiring.ts'

/** Options of {@link takeInBlob}. */
export interface TakeInOptions {
  readonly traceparent?: string
  /** Why nothing shall be made of the file, whatever it is. */
  readonly failure?: ErrorBody
}

/** `taken`: the file is an asset with a job. `ignored`: it is gone, of nobody, canceled, or its asset is deleted. */
export type TakeInOutcome = 'taken' | 'ignored'

/** Races that are lost to somebody who changes the upload, before the message is given back. */
const maxLooks = 5

/** Turns a stored file into an asset with a job. Every step may be repeated: two deliveries make one asset and one job. */
export async function takeInBlob(
  deps: Deps,
  blobName: string,
  options: TakeInOptions = {},
): Promise<TakeInOutcome> {
  for (let look = 1; look <= maxLooks; look += 1) {
    const blob = await deps.uploads.head(blobName)
    if (!blob?.isBlockBlob) return 'ignored'
    const place = await findBlobPlace(deps, blob)
    if (!place) return 'ignored'
    if (place.upload?.state === 'canceled') {
      // Written with a SAS that outlived its upload.
      await deps.uploads.remove(blobName, blob.etag)
      return 'ignored'
    }
    const asset = await createAsset(deps, place, blob, options.failure)
    if (!asset) continue
    if (asset.state === 'deleting' || asset.state === 'deleted') return 'ignored'
    await createJob(deps, asset, options.traceparent)
    return 'taken'
  }
  throw err('STORE_UNAVAILABLE', { detail: `${blobName} keeps changing.` })
}
