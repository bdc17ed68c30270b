import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'

import { readPackages } from '../src/app-packages.ts'
import type { DeploymentOutcome } from '../src/deploy.ts'
import { deploy } from '../src/deploy.ts'
import { formatDeployment } from '../src/deployment-report.ts'
import { listFunctionSites } from '../src/function-sites.ts'
import type { AppUpdate } from '../src/plan-deployment.ts'
import { planDeployment } from '../src/plan-deployment.ts'
import { publishPackage } from '../src/publish-package.ts'
import { readRunningVersion, waitForVersion } from '../src/running-version.ts'
import { FakeAzure } from './fake-azure.ts'
import { writePackages } from './write-packages.ts'

const manifests = [
  { name: 'api', queues: { consumes: [], sends: ['job-starts'] } },
  { name: 'images', queues: { consumes: ['tasks-images'], sends: ['task-results'] } },
  { name: 'workflows', queues: { consumes: ['job-starts', 'task-results'], sends: ['tasks-images'] } },
]
const group = { subscriptionId: '0000', resourceGroup: 'rg-dev' }
let folder: string
let azure: FakeAzure
let said: string[]

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'zoetrope-deploy-'))
  azure = new FakeAzure('the-token')
  said = []
  await azure.start(['api', 'images', 'workflows'].map((app) => ({ app, version: `${app}-1` })))
})
afterEach(async () => {
  await azure.close()
  rmSync(folder, { recursive: true, force: true })
})

function connection() {
  return { managementUrl: azure.managementUrl, getToken: async () => 'the-token', pollMs: 1 }
}

async function plan(
  next: Readonly<Record<string, string>>,
  options: {
    previous?: Readonly<Record<string, string>>
    isRollBackRequired?: boolean
    only?: string[]
  } = {},
): Promise<readonly AppUpdate[]> {
  const { previous = { api: 'api-1', images: 'images-1', workflows: 'workflows-1' } } = options
  const sites = await listFunctionSites(connection(), group)
  const versions = sites.map(async ({ app, url }) => [app, await readRunningVersion(url)] as const)
  return planDeployment({
    packages: readPackages(writePackages(mkdtempSync(join(folder, 'next-')), next, azure)),
    sites,
    running: new Map(await Promise.all(versions)),
    previous:
      Object.keys(previous).length > 0
        ? readPackages(writePackages(join(folder, 'previous'), previous, azure))
        : [],
    manifests,
    only: options.only ?? [],
    isRollBackRequired: options.isRollBackRequired ?? true,
  })
}

function run(
  updates: readonly AppUpdate[],
  {
    smokeTest = async () => {},
    startMs = 20_000,
  }: { smokeTest?: () => Promise<void>; startMs?: number } = {},
): Promise<DeploymentOutcome> {
  return deploy(updates, {
    say: (text) => said.push(text),
    install: async ({ site }, target) => {
      const say = (text: string): number => said.push(text)
      await publishPackage(connection(), site, target.file, { timeoutMs: 20_000, say })
      await waitForVersion(site.url, target.version, { timeoutMs: startMs, pollMs: 1 })
    },
    smokeTest,
  })
}

describe('a deployment', () => {
  it('updates the apps whose package is not what runs, who reads a message before who writes it', async () => {
    const updates = await plan({ api: 'api-2', images: 'images-2', workflows: 'workflows-1' })
    const both = await plan({ api: 'api-2', images: 'images-1', workflows: 'workflows-2' })

    const outcome = await run(updates)

    expect(outcome.isDeployed).toBe(true)
    expect(azure.installs).toEqual(['images images-2', 'api api-2'])
    expect(both.map(({ app }) => app)).toEqual(['workflows', 'api'])
    expect(azure.requests).toContain(
      'GET /subscriptions/0000/resourceGroups/rg-dev/providers/Microsoft.Web/sites',
    )
    expect(formatDeployment('dev', outcome)).toContain('| api | api-1 | api-2 | deployed |')
  })

  it('puts everything back, the last one first, when a version does not start', async () => {
    azure.broken.add('api-2')
    const updates = await plan({ api: 'api-2', images: 'images-2', workflows: 'workflows-1' })
    const outcome = await run(updates, { startMs: 500 })

    expect(outcome.isDeployed).toBe(false)
    expect(outcome.reason).toMatch(/health did not answer with version api-2 in time; it said last: 503/)
    expect(outcome.apps.map(({ app, state }) => `${app} ${state}`)).toEqual([
      'images rolled back',
      'api rolled back',
    ])
    expect(azure.installs).toEqual(['images images-2', 'api api-2', 'api api-1', 'images images-1'])
    expect(azure.runningVersion('images')).toBe('images-1')
  })

  it('puts everything back when the product does not work', async () => {
    const smokeTest = (): Promise<void> =>
      Promise.reject(new Error('Smoke test: usage', { cause: new Error('nothing there') }))
    const updates = await plan({ api: 'api-2', images: 'images-1', workflows: 'workflows-1' })
    const outcome = await run(updates, { smokeTest })

    expect(outcome).toMatchObject({ isDeployed: false, reason: 'Smoke test: usage (nothing there)' })
    expect(azure.runningVersion('api')).toBe('api-1')
  })

  it('puts back what was deployed last where nobody answered before', async () => {
    azure.broken.add('api-1').add('api-2')
    const outcome = await run(await plan({ api: 'api-2' }), { startMs: 500 })

    expect(outcome.isDeployed).toBe(false)
    expect(azure.installs).toEqual(['api api-2', 'api api-1'])
  })

  it('says which apps were not reached, and which could not be put back', async () => {
    azure.scripts.set('images', [
      { looks: [{ status: 1 }, { status: 3, status_text: 'The package is damaged.' }] },
      { refusal: { status: 400, text: 'Still damaged.' } },
    ])
    const outcome = await run(await plan({ api: 'api-2', images: 'images-2', workflows: 'workflows-1' }))

    expect(outcome.reason).toContain('func-images did not take the package: failed: The package is damaged.')
    expect(outcome.apps.map(({ app, state }) => `${app} ${state}`)).toEqual([
      'images roll-back failed',
      'api not reached',
    ])
    expect(outcome.apps[0]?.detail).toContain('Still damaged.')
  })

  it('waits while storage does not know the role of the app yet, and while another deployment runs', async () => {
    azure.scripts.set('images', [
      { refusal: { status: 409, text: 'Another deployment is in progress.' } },
      { looks: [{ status: 3, status_text: 'Azure Storage responded with Forbidden' }] },
      { looks: [{ status: 5 }] },
    ])
    const outcome = await run(await plan({ images: 'images-2' }))

    expect(outcome.isDeployed).toBe(true)
    expect(said.filter((text) => text.includes('trying again'))).toHaveLength(3)
    expect(azure.runningVersion('images')).toBe('images-2')
  })
})

describe('an app behind Front Door', () => {
  it('is compared with what was deployed last, and its start is not waited for', async () => {
    azure.closed.add('api')

    expect(await plan({ api: 'api-1', images: 'images-1' })).toEqual([])
    const outcome = await run(await plan({ api: 'api-2' }))

    expect(outcome.isDeployed).toBe(true)
    expect(azure.installs).toEqual(['api api-2'])
  })
})

describe('a deployment is refused', () => {
  it('without a package to go back to, unless that is wished for', async () => {
    await expect(plan({ api: 'api-2' }, { previous: { api: 'api-0' } })).rejects.toThrow(
      'no package to go back to for api (it runs api-1)',
    )
    expect(await plan({ api: 'api-2' }, { previous: {}, isRollBackRequired: false })).toHaveLength(1)
  })

  it('where the list of sites goes on at a stranger, who would be given the token', async () => {
    const { managementUrl } = connection()
    const elsewhere = { ...connection(), managementUrl: managementUrl.replace('127.0.0.1', 'localhost') }

    await expect(listFunctionSites(elsewhere, group)).rejects.toThrow(/goes on at http:\/\/127\.0\.0\.1/)
    expect(azure.requests).toHaveLength(1)
  })

  it('for an app that has no site, and for one that has no package', async () => {
    await expect(plan({ palette: 'palette-1' })).rejects.toThrow(
      'carries the tag azd-service-name for palette',
    )
    await expect(plan({ api: 'api-2' }, { only: ['relay'] })).rejects.toThrow('There is no package of relay')
  })

  it('for a zip that is not what was packaged, and for a folder without packages', () => {
    const packages = writePackages(join(folder, 'next'), { api: 'api-2' }, azure)
    writeFileSync(join(packages, 'api.zip'), 'changed')

    expect(() => readPackages(packages)).toThrow('is not the file that was packaged')
    expect(() => readPackages(join(folder, 'nothing'))).toThrow('run `npm run package` first')
  })
})
