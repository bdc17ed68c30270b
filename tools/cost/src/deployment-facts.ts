import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import type { Quantities } from './price-list.ts'
import { addQuantities } from './price-list.ts'
import type { Deployment, InstanceSize } from './quantities-of-work.ts'
import { minBilledSeconds } from './quantities-of-work.ts'
import { timerRunsPerMonth } from './timer-runs.ts'

/** A resource of a snapshot: the part that costs hang on. */
interface Resource {
  readonly type: string
  readonly name: string
  readonly tags?: Readonly<Record<string, string>>
  readonly sku?: { readonly name?: string }
  readonly properties?: Readonly<Record<string, unknown>>
}

interface ScaleAndConcurrency {
  readonly instanceMemoryMB: number
  readonly alwaysReady?: readonly { readonly name: string; readonly instanceCount: number }[]
}

/** An app's manifest: the part that says which of its functions scale together. */
interface Manifest {
  readonly name: string
  readonly functions: readonly {
    readonly name: string
    readonly trigger: string
    readonly schedule?: string
  }[]
  /** Its time is spent on the processor: its project has the tag `runtime:native`. */
  readonly isNative?: boolean
}

/** A month as Azure bills it, hours. */
const hoursPerMonth = 730
const secondsPerMonth = hoursPerMonth * 3600
/** Autoscale bills this part of its maximum at least. */
const autoscaleFloor = 0.1
/** Processor cores of an instance of Flex Consumption, by its memory. */
const coresOfMemoryMb: Readonly<Record<number, number>> = { 512: 0.25, 2048: 1, 4096: 2 }

/** In several zones this many instances of each group of functions run, whatever is asked for (learn.microsoft.com/azure/reliability/reliability-functions). */
const leastInZones = 2

/** What a parameter set would make in Azure, as far as the bill hangs on it. */
export interface DeploymentFacts {
  readonly deployment: Deployment
  /** What a month costs in which nothing is done. */
  readonly atRest: Quantities
}

/** Reads the committed snapshot of a parameter set (`dev`, `prod`, `hardened`). @throws Error when there is none */
export function readDeploymentFacts(root: string, parameterSet: string): DeploymentFacts {
  const file = join(root, 'infra', 'snapshots', `${parameterSet}.snapshot.json`)
  if (!existsSync(file)) throw new Error(`There is no parameter set "${parameterSet}": ${file} is not there.`)
  const { predictedResources } = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly predictedResources: readonly Resource[]
  }
  const manifests = JSON.parse(
    readFileSync(join(root, 'apps', 'manifests.json'), 'utf8'),
  ) as readonly Manifest[]
  return describeDeployment(
    predictedResources,
    manifests.map((manifest) => ({ ...manifest, isNative: isNative(root, manifest) })),
  )
}

/** What of resources the bill hangs on. */
export function describeDeployment(
  resources: readonly Resource[],
  manifests: readonly Manifest[] = [],
): DeploymentFacts {
  const of = (type: string): Resource[] =>
    resources.filter((resource) => resource.type.toLowerCase() === type.toLowerCase())
  const apps = [...of('Microsoft.Web/sites'), ...of('Microsoft.App/containerApps')].flatMap((resource) => {
    const name = resource.tags?.['azd-service-name']
    return name ? [{ name, resource, scale: scaleOf(resource) }] : []
  })
  const accounts = of('Microsoft.DocumentDB/databaseAccounts')
  const zonePlans = of('Microsoft.Web/serverfarms').filter(
    ({ properties }) => properties?.['zoneRedundant'] === true,
  )
  const zoneGroups = (name: string, { properties }: Resource): readonly string[] =>
    zonePlans.some((plan) => String(properties?.['serverFarmId']).endsWith(`/${plan.name}`))
      ? groupsOf(manifests.find((manifest) => manifest.name === name))
      : []
  const timerRuns = new Map(manifests.map((app) => [app.name, timerRunsOf(app)]))
  const frontDoor = of('Microsoft.Cdn/profiles').map(({ sku }) => sku?.name ?? '')
  return {
    deployment: {
      sizes: new Map(apps.map(({ name, resource, scale }) => [name, sizeOf(resource, scale)])),
      nativeApps: new Set(manifests.filter((app) => app.isNative).map(({ name }) => name)),
      isCosmosServerless: accounts.every((account) =>
        JSON.stringify(account.properties?.['capabilities'] ?? []).includes('EnableServerless'),
      ),
      durableBackend: of('Microsoft.DurableTask/schedulers').length > 0 ? 'dts' : 'storage',
    },
    atRest: addQuantities({
      'function.executions': sumOf(apps, ({ name }) => timerRuns.get(name) ?? 0),
      'function.gbSeconds': sumOf(
        apps,
        ({ name, scale }) =>
          (timerRuns.get(name) ?? 0) * minBilledSeconds * ((scale?.instanceMemoryMB ?? 0) / 1024),
      ),
      'function.alwaysReadyGbSeconds': sumOf(
        apps,
        ({ name, resource, scale }) => alwaysReadyGb(scale, zoneGroups(name, resource)) * secondsPerMonth,
      ),
      'cosmos.autoscaleRuHours': sumOf(
        [
          ...of('Microsoft.DocumentDB/databaseAccounts/sqlDatabases'),
          ...of('Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers'),
        ],
        (resource) => maxRuOf(resource) * autoscaleFloor * hoursPerMonth * regionsOf(resource, accounts),
      ),
      'network.privateEndpointHours': of('Microsoft.Network/privateEndpoints').length * hoursPerMonth,
      'frontDoor.standardMonths': frontDoor.filter((sku) => sku.startsWith('Standard')).length,
      'frontDoor.premiumMonths': frontDoor.filter((sku) => sku.startsWith('Premium')).length,
      'staticSite.standardMonths': of('Microsoft.Web/staticSites').filter(
        ({ sku }) => sku?.name === 'Standard',
      ).length,
    }),
  }
}

/** Runs of all timers of an app in a month. */
function timerRunsOf({ functions }: Manifest): number {
  return sumOf(functions, ({ schedule }) => (schedule === undefined ? 0 : timerRunsPerMonth(schedule)))
}

function isNative(root: string, { name }: Manifest): boolean {
  const project = JSON.parse(readFileSync(join(root, 'apps', name, 'project.json'), 'utf8')) as {
    readonly tags: readonly string[]
  }
  return project.tags.includes('runtime:native')
}

function scaleOf({ properties }: Resource): ScaleAndConcurrency | undefined {
  const config = properties?.['functionAppConfig'] as
    | { scaleAndConcurrency?: ScaleAndConcurrency }
    | undefined
  return config?.scaleAndConcurrency
}

function sizeOf(resource: Resource, scale: ScaleAndConcurrency | undefined): InstanceSize {
  if (scale) {
    const cores = coresOfMemoryMb[scale.instanceMemoryMB]
    if (cores === undefined)
      throw new Error(`${resource.name}: instances of ${scale.instanceMemoryMB} MB are not known here.`)
    return { kind: 'flex', memoryGb: scale.instanceMemoryMB / 1024, cores }
  }
  const template = resource.properties?.['template'] as
    | { containers?: readonly { resources?: { cpu?: number | string; memory?: string } }[] }
    | undefined
  const wanted = template?.containers?.[0]?.resources
  if (!wanted) throw new Error(`${resource.name}: neither an app of Flex Consumption nor a container app.`)
  return {
    kind: 'container',
    memoryGb: Number.parseFloat(wanted.memory ?? '0'),
    cores: Number(String(wanted.cpu).replaceAll(/[^\d.]/g, '')),
  }
}

function alwaysReadyGb(scale: ScaleAndConcurrency | undefined, zoneGroups: readonly string[]): number {
  const asked = new Map((scale?.alwaysReady ?? []).map(({ name, instanceCount }) => [name, instanceCount]))
  const groups = [...new Set([...asked.keys(), ...zoneGroups])]
  const instances = sumOf(groups, (group) =>
    Math.max(asked.get(group) ?? 0, zoneGroups.includes(group) ? leastInZones : 0),
  )
  return (instances * (scale?.instanceMemoryMB ?? 0)) / 1024
}

/** The groups of functions that Flex Consumption scales together: HTTP, orchestrations with their activities, each other one alone. */
function groupsOf(manifest: Manifest | undefined): readonly string[] {
  const groups = (manifest?.functions ?? []).map(({ name, trigger }) => {
    if (trigger === 'http') return 'http'
    return ['orchestration', 'activity', 'entity'].includes(trigger) ? 'durable' : `function:${name}`
  })
  return [...new Set(groups)]
}

function maxRuOf({ properties }: Resource): number {
  const options = properties?.['options'] as { autoscaleSettings?: { maxThroughput?: number } } | undefined
  return options?.autoscaleSettings?.maxThroughput ?? 0
}

/** Throughput is billed in each region of the account. */
function regionsOf({ name }: Resource, accounts: readonly Resource[]): number {
  const account = accounts.find((candidate) => name.startsWith(`${candidate.name}/`))
  return (account?.properties?.['locations'] as readonly unknown[] | undefined)?.length ?? 1
}

function sumOf<T>(items: readonly T[], amountOf: (item: T) => number): number {
  return items.reduce((sum, item) => sum + amountOf(item), 0)
}
