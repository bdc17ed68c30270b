import { openAsBlob } from 'node:fs'
import { join, resolve } from 'node:path'

import { CosmosClient } from '@azure/cosmos'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createClient, uploadFile, waitForAsset, waitForJob } from '@zoetrope/client'
import type { ZoetropeClient } from '@zoetrope/client'
import type { JobBody, UsageBody } from '@zoetrope/contracts'
import type { RunningLocalStack } from '@zoetrope/local'
import { startLocalStack } from '@zoetrope/local'

import { readSettings } from './src/read-settings.ts'
import { runSmoke } from './src/run-smoke.ts'
import { until } from './src/until.ts'

const demo = resolve(import.meta.dirname, '..', 'examples', 'demo')
const soonMs = 30_000

describe('soon after a job has ended', () => {
  let stack: RunningLocalStack
  let client: ZoetropeClient
  let job: JobBody
  let endedAtMs = 0

  beforeAll(async () => {
    stack = await startLocalStack()
    client = createClient({ apiUrl: stack.urls['api'] ?? '', key: stack.key })
    const blob = await openAsBlob(join(demo, 'photo.jpg'))
    const { assetId } = await uploadFile(client, { blob, filename: 'photo.jpg' })
    const asset = await waitForAsset(client, assetId, { timeoutMs: 60_000 })
    job = await waitForJob(client, asset.jobId, { timeoutMs: 120_000, intervalMs: 100 })
    endedAtMs = Date.now()
  }, 240_000)
  afterAll(() => stack?.close(), 30_000)

  it('usage shows its cost, to the nano-dollar of the demo price book', async () => {
    // photo.jpg is 2000 x 1500 turned upright: 1500 x 2000. Its variants are never larger than it:
    //   w320.webp  320 x  427 =   136,640 pixels
    //   w800.webp  800 x 1067 =   853,600
    //   w1600.webp 1500 x 2000 = 3,000,000
    //   w1600.jpg  1500 x 2000 = 3,000,000
    // together 6,990,240 pixels at 20,000 nano-dollars per million = 139,804.8, half-up 139,805.
    // One probe is 10,000, one placeholder 5,000. Together 154,805 nano-dollars.
    const shown = await until(soonMs, async () => {
      const usage = await client.getUsage({ jobId: job.id })
      return usage.total.amountNano === 154_805 ? usage : undefined
    })
    process.stdout.write(
      `usage shows the cost ${Date.now() - endedAtMs} ms after the job was seen to have ended\n`,
    )

    expect(job.state).toBe('succeeded')
    expect(job.cost).toEqual({ amountNano: 154_805, currency: 'USD' })
    expect(rows(shown)).toEqual([
      ['image.pixels', 6_990_240, 139_805],
      ['image.placeholders', 1, 5_000],
      ['media.probes', 1, 10_000],
    ])
  }, 60_000)

  it('the replica holds the same documents', async () => {
    const settings = readSettings(stack.dataDirectory, 'relay')
    const read = async (connection: string, container: string): Promise<unknown[]> => {
      const items = new CosmosClient(connection).database('zoetrope').container(container).items
      const query = {
        query: 'SELECT * FROM c WHERE c.tenantId = @tenantId',
        parameters: [{ name: '@tenantId', value: stack.tenantId }],
      }
      const { resources } = await items.query<Record<string, unknown>>(query).fetchAll()
      return resources
        .map(withoutSystemFields)
        .toSorted((a, b) => String(a['id']).localeCompare(String(b['id'])))
    }

    for (const container of ['library', 'jobs']) {
      const primary = await read(settings['ZOETROPE_COSMOS'] ?? '', container)
      expect(primary.length).toBeGreaterThan(3)
      await until(soonMs, async () => {
        const replica = await read(settings['ZOETROPE_COSMOS_REPLICA'] ?? '', container)
        return JSON.stringify(replica) === JSON.stringify(primary) ? true : undefined
      })
    }
    process.stdout.write(
      `the replica is the same ${Date.now() - endedAtMs} ms after the job was seen to have ended\n`,
    )
  }, 90_000)

  it('the smoke test of a deployment finds that it works, and that a wrong key does not', async () => {
    const doors = ['--api', stack.urls['api'] ?? '', '--delivery', stack.urls['delivery'] ?? '']

    const right = await runSmoke(doors, stack.key)
    const wrong = await runSmoke(doors, `${stack.key.slice(0, -4)}0000`)

    expect(right).toEqual({ code: 0, output: expect.stringContaining('The deployment works.') })
    expect(right.output).toContain('4 images are served')
    expect(wrong).toEqual({ code: 1, output: expect.stringContaining('a photo becomes a job that succeeds') })
  }, 120_000)
})

function rows({ data }: UsageBody): (readonly [string, number, number])[] {
  return data
    .map(({ meter, quantity, amountNano }) => [meter, quantity, amountNano] as const)
    .toSorted(([a], [b]) => a.localeCompare(b))
}

/** Cosmos sets `_...` itself; `replicaOf` says which version a copy was made of. */
function withoutSystemFields(document: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(document).filter(([name]) => !name.startsWith('_') && name !== 'replicaOf')
  return Object.fromEntries(entries.toSorted(([a], [b]) => a.localeCompare(b)))
}
