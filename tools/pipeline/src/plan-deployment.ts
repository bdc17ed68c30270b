import type { AppPackage } from './app-packages.ts'
import type { QueueUse } from './deploy-order.ts'
import { orderForDeployment } from './deploy-order.ts'
import type { FunctionSite } from './function-sites.ts'
import type { RunningVersion } from './running-version.ts'

/** One app that gets another version. */
export interface AppUpdate {
  readonly app: string
  readonly site: FunctionSite
  readonly package: AppPackage
  /** What runs there now, or where nobody can see it, what was deployed last; undefined before the first deployment. */
  readonly runningVersion: string | undefined
  /** The package of the running version, or where none answers, of the last deployment: to go back to. */
  readonly previous: AppPackage | undefined
}

/** What a deployment is planned from. */
export interface PlanInput {
  readonly packages: readonly AppPackage[]
  readonly sites: readonly FunctionSite[]
  /** By name of the app. */
  readonly running: ReadonlyMap<string, RunningVersion>
  /** Packages of an earlier deployment. */
  readonly previous: readonly AppPackage[]
  readonly manifests: QueueUse
  /** Only these apps; all where it is empty. */
  readonly only: readonly string[]
  /** Whether apps that cannot be rolled back are deployed nevertheless. */
  readonly isRollBackRequired: boolean
}

/**
 * Chooses which apps get another version, in the order in which they do: those whose package is not what runs.
 *
 * @throws Error naming every app that has no site, and every one whose running version could not be brought back
 */
export function planDeployment(input: PlanInput): readonly AppUpdate[] {
  const { packages, only } = input
  const unknown = only.filter((app) => !packages.some((candidate) => candidate.app === app))
  if (unknown.length > 0) throw new Error(`There is no package of ${unknown.join(', ')}.`)
  const chosen = packages.filter(({ app }) => only.length === 0 || only.includes(app))
  const siteless = chosen.filter(({ app }) => !input.sites.some((site) => site.app === app))
  if (siteless.length > 0) {
    throw new Error(
      `No function app of the resource group carries the tag azd-service-name for ${names(siteless)}: provision first, or leave them out.`,
    )
  }
  const updates = orderForDeployment(
    chosen.map(({ app }) => app),
    input.manifests,
  ).flatMap((app) => updateOf(app, chosen, input))
  const stuck = updates.filter(({ runningVersion, previous }) => runningVersion && !previous)
  if (input.isRollBackRequired && stuck.length > 0) {
    throw new Error(
      `There is no package to go back to for ${stuck.map(({ app, runningVersion }) => `${app} (it runs ${runningVersion})`).join(', ')}. ` +
        'Package the commit that runs and give it as --previous, or deploy with --no-roll-back.',
    )
  }
  return updates
}

function updateOf(app: string, chosen: readonly AppPackage[], input: PlanInput): readonly AppUpdate[] {
  const next = chosen.find((candidate) => candidate.app === app)
  const site = input.sites.find((candidate) => candidate.app === app)
  const running = input.running.get(app) ?? { state: 'silent' }
  const kept = input.previous.find((candidate) => candidate.app === app)
  const runningVersion = versionOf(running, kept)
  if (!next || !site || next.version === runningVersion) return []
  // Of an app that does not answer, nobody knows what runs: what was deployed last is better than what failed.
  const isWayBack =
    runningVersion === undefined ? kept?.version !== next.version : kept?.version === runningVersion
  const previous = isWayBack ? kept : undefined
  return [{ app, site, package: next, runningVersion, previous }]
}

/** Of an app whose door is closed, what was deployed last is all that is known. */
function versionOf(running: RunningVersion, kept: AppPackage | undefined): string | undefined {
  if (running.state === 'runs') return running.version
  return running.state === 'closed' ? kept?.version : undefined
}

function names(packages: readonly AppPackage[]): string {
  return packages.map(({ app }) => app).join(', ')
}
