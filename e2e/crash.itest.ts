import { mkdtempSync, openAsBlob, readFileSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { collectPages, createClient, isEnded, uploadFile } from '@zoetrope/client'
import type { ZoetropeClient } from '@zoetrope/client'
import type { JobBody } from '@zoetrope/contracts'
import type { RunningLocalStack } from '@zoetrope/local'
import { startLocalStack } from '@zoetrope/local'

import { makeClip } from './src/make-clip.ts'
import { seededRandom } from './src/seeded-random.ts'
import { until } from './src/until.ts'

const kills = 10
const jobMs = 150_000
const targets = [
  'everything',
  'host',
  'azurite',
  'cosmos',
  'supervisor',
  'worker:video',
  'worker:workflows',
] as const
/** Seconds instead of minutes, so that a test can wait for what a sweep mends. */
const env = {
  ZOETROPE_HEARTBEAT_MS: '1000',
  ZOETROPE_SILENCE_MS: '4000',
  ZOETROPE_DISPATCH_DEADLINE_MS: '8000',
  ZOETROPE_UNCLAIMED_MS: '4000',
  ZOETROPE_INGEST_GRACE_MS: '4000',
  ZOETROPE_SWEEP_SCHEDULE: '*/2 * * * * *',
}

const seed = Number(process.env['ZOETROPE_SEED'] ?? Date.now() % 1_000_000)
const random = seededRandom(seed)
process.stdout.write(`crash test: ZOETROPE_SEED=${seed}\n`)

describe('kill -9 in the middle of a video job', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'zoetrope-crash-'))
  const dataDirectory = join(scratch, 'data')
  const clip = join(scratch, 'clip.mp4')
  let stack: RunningLocalStack
  const client = (): ZoetropeClient => createClient({ apiUrl: stack.urls['api'] ?? '', key: stack.key })

  beforeAll(async () => {
    await makeClip(clip, 6)
    stack = await startLocalStack({ dataDirectory, env })
  }, 300_000)
  afterAll(async () => {
    await stack?.close()
    rmSync(scratch, { recursive: true, force: true, maxRetries: 10 })
  }, 60_000)

  // Each of them at least once, in an order and at moments of the seed's choosing.
  const order = [...targets, ...targets]
    .map((target, index) => ({ target, rank: (index < targets.length ? 0 : 1) + random() }))
    .toSorted((a, b) => a.rank - b.rank)
  const moments = order
    .slice(0, kills)
    .map(({ target }, index) => ({ number: index + 1, target, afterMs: Math.round(random() * 6_000) }))

  it.each(moments)(
    '$number: $target, $afterMs ms after the upload: one asset, one job, one charge',
    async ({ target, afterMs, number }) => {
      // The same film in other bytes: what one job made, no other job finds.
      const blob = new Blob([await openAsBlob(clip), freeBox(number)])
      const { assetId } = await uploadFile(client(), { blob, filename: `clip-${number}.mp4` })

      // oxlint-disable-next-line zoetrope/no-sleep-in-tests -- at any moment, whatever happens then: the seed chooses it
      await new Promise((done) => setTimeout(done, afterMs))
      await kill(target)
      if (target === 'everything' || target === 'supervisor') {
        await stack.close()
        stack = await startLocalStack({ dataDirectory, env })
      }
      const asset = await until(jobMs, () => client().getAsset(assetId))
      const job = await until(jobMs, async () => {
        const look = await client().getJob(asset.jobId)
        return isEnded(look) ? look : undefined
      })

      expect(job.state).toBe('succeeded')
      await expectOneOfEach(assetId, job)
    },
    jobMs + 120_000,
  )

  /** One job of the asset, one rendition of each name, and usage that is the job's cost. */
  async function expectOneOfEach(assetId: string, job: JobBody): Promise<void> {
    const api = client()
    const jobs = await collectPages((cursor) => api.listJobs({ limit: 500, ...(cursor ? { cursor } : {}) }))
    const renditions = await collectPages((cursor) =>
      api.listRenditions(assetId, { limit: 500, ...(cursor ? { cursor } : {}) }),
    )
    const names = renditions.map(({ name }) => name)

    expect(jobs.filter((other) => other.assetId === assetId)).toHaveLength(1)
    expect(names).toHaveLength(new Set(names).size)
    expect(renditions.every(({ state }) => state === 'ready')).toBe(true)
    expect(renditions.some(({ kind }) => kind === 'package')).toBe(true)
    const costs = await until(30_000, async () => {
      const usage = await api.getUsage({ jobId: job.id })
      return usage.total.amountNano === job.cost?.amountNano ? usage.total.amountNano : undefined
    })
    expect(costs).toBe(firstCost ?? costs)
    firstCost ??= costs
  }
  /** Every clip is the same film, so every job must cost the same. */
  let firstCost: number | undefined

  async function kill(target: (typeof targets)[number]): Promise<void> {
    const pids = stack.pids()
    if (target === 'everything') {
      for (const pid of Object.values(pids)) killPid(pid)
    } else if (target.startsWith('worker:')) {
      const pid = findWorker(pids['host'] ?? 0, target.slice('worker:'.length))
      if (pid !== undefined) killPid(pid)
    } else {
      stack.kill(target)
    }
  }
})

function killPid(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself in between.
  }
}

/** The worker process of an app: the child of the host that runs in the app's folder (Linux). */
function findWorker(hostPid: number, app: string): number | undefined {
  for (const thread of readdirSync(`/proc/${hostPid}/task`)) {
    const children = readFileSync(`/proc/${hostPid}/task/${thread}/children`, 'utf8').trim().split(' ')
    for (const child of children.filter(Boolean)) {
      try {
        if (readlinkSync(`/proc/${child}/cwd`).endsWith(`/apps/${app}`)) return Number(child)
      } catch {
        // It ended in between.
      }
    }
  }
  return undefined
}

/** An MP4 box that players pass over. */
function freeBox(number: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(12)
  new DataView(bytes.buffer).setUint32(0, 12)
  bytes.set([0x66, 0x72, 0x65, 0x65], 4)
  new DataView(bytes.buffer).setUint32(8, number)
  return bytes
}
