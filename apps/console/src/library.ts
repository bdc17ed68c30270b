import { computed, signal } from '@preact/signals'
import type { ZoetropeClient } from '@zoetrope/client'
import { isApiProblem, isEnded } from '@zoetrope/client'
import type { AssetBody, JobBody, RenditionBody, UsageBody } from '@zoetrope/contracts'

import { signOut } from './session.ts'

const pageSize = 100

/** Newest first. Undefined until they are known. */
export const assets = signal<readonly AssetBody[] | undefined>()
/** Newest first. Undefined until they are known. */
export const jobs = signal<readonly JobBody[] | undefined>()
/** Usage of the last days. Undefined until it is known. */
export const usage = signal<UsageBody | undefined>()
/** What went wrong at the last look, for people. */
export const problem = signal<string | undefined>()

interface KnownRenditions {
  /** `updatedAt` of the asset when they were read. */
  readonly of: string
  readonly data: readonly RenditionBody[]
}
const renditions = signal<ReadonlyMap<string, KnownRenditions>>(new Map())

/** The job of an asset that was last started. */
export const jobsByAsset = computed(() => {
  const map = new Map<string, JobBody>()
  for (const job of jobs.value ?? []) if (!map.has(job.assetId)) map.set(job.assetId, job)
  return map
})
/** Says whether something is on its way. */
export const isBusy = computed(
  () =>
    (jobs.value ?? []).some((job) => !isEnded(job)) ||
    (assets.value ?? []).some(
      ({ state }) => state === 'pending' || state === 'processing' || state === 'deleting',
    ),
)

/** The renditions of an asset, as last seen. */
export function renditionsOf(assetId: string): readonly RenditionBody[] {
  return renditions.value.get(assetId)?.data ?? []
}

/** Looks at everything once. */
export async function refresh(api: ZoetropeClient): Promise<void> {
  try {
    const [assetPage, jobPage, sums] = await Promise.all([
      api.listAssets({ limit: pageSize }),
      api.listJobs({ limit: pageSize }),
      api.getUsage(),
    ])
    assets.value = assetPage.data.filter(({ state }) => state !== 'deleted')
    jobs.value = jobPage.data
    usage.value = sums
    await refreshRenditions(api, assets.value)
    problem.value = undefined
  } catch (error) {
    if (isApiProblem(error, 'KEY_INVALID', 'KEY_MISSING')) {
      signOut()
      problem.value = 'The API does not know this key.'
    } else if (isApiProblem(error)) {
      problem.value = error.problem.detail ?? error.problem.title
    } else {
      problem.value = 'The API does not answer. Trying again.'
    }
  }
}

/** Reads the renditions of assets that changed since, a few at a time. */
async function refreshRenditions(api: ZoetropeClient, known: readonly AssetBody[]): Promise<void> {
  const stale = known.filter(
    ({ id, state, updatedAt }) => state !== 'pending' && renditions.value.get(id)?.of !== updatedAt,
  )
  let next = 0
  const work = async (): Promise<void> => {
    for (let asset = stale[next++]; asset; asset = stale[next++]) {
      const { id, updatedAt } = asset
      const { data } = await api.listRenditions(id, { limit: 200 })
      renditions.value = new Map(renditions.value).set(id, { of: updatedAt, data })
    }
  }
  await Promise.all([work(), work(), work(), work()])
}
