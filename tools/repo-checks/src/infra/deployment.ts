import type { Declarations, DeclaredAccount, DeclaredApp } from './declarations.ts'
import { resourcesOf, valueAt, type ParameterSet, type Snapshot, type SnapshotResource } from './snapshot.ts'

/** An app as a snapshot would make it. */
export interface DeployedApp {
  readonly name: string
  readonly declared: DeclaredApp
  /** The site, or the container app, that runs it. */
  readonly resource: SnapshotResource
  readonly isContainer: boolean
  readonly settings: ReadonlyMap<string, string>
  readonly identity: SnapshotResource | undefined
  /** Where its `AzureWebJobsStorage` leads. */
  readonly hostAccount: SnapshotResource | undefined
}

/** A snapshot and what the apps declare, matched: the input of every check. */
export interface Deployment {
  readonly set: ParameterSet
  readonly snapshot: Snapshot
  readonly declarations: Declarations
  readonly apps: readonly DeployedApp[]
  /** Where the connections of the apps lead. */
  readonly accounts: Readonly<Record<DeclaredAccount, SnapshotResource | undefined>>
}

/** One sentence for each thing that is wrong: which app, which resource, what mends it. */
export type Check = (deployment: Deployment) => readonly string[]

/** Matches apps with what would run them. Apps are found by the tag that azd deploys by; accounts by where settings lead. */
export function matchDeployment(
  set: ParameterSet,
  snapshot: Snapshot,
  declarations: Declarations,
): Deployment {
  const apps = declarations.apps.flatMap((declared) => {
    const resource = [
      ...resourcesOf(snapshot, 'Microsoft.Web/sites'),
      ...resourcesOf(snapshot, 'Microsoft.App/containerApps'),
    ].find(({ tags }) => tags?.['azd-service-name'] === declared.name)
    return resource ? [matchApp(snapshot, declared, resource)] : []
  })
  const accountOf = (account: DeclaredAccount): SnapshotResource | undefined =>
    mostFrequent(
      apps.flatMap((app) => {
        const setting = app.declared.settings.find((candidate) => candidate.account === account)
        return setting ? (connectionTarget(snapshot, app.settings, setting.name) ?? []) : []
      }),
    )
  const accounts = {
    'media-storage': accountOf('media-storage'),
    cosmos: accountOf('cosmos'),
    'cosmos-replica': accountOf('cosmos-replica'),
  }
  return { set, snapshot, declarations, apps, accounts }
}

/** The account that the connection `name` leads to. */
export function connectionTarget(
  snapshot: Snapshot,
  settings: ReadonlyMap<string, string>,
  name: string,
): SnapshotResource | undefined {
  const value = settings.get(`${name}__blobServiceUri`) ?? settings.get(`${name}__accountEndpoint`)
  return value === undefined ? undefined : accountNamedIn(snapshot, value)
}

/** The account whose name stands in an address, or in an expression that asks for it. */
export function accountNamedIn(snapshot: Snapshot, value: string): SnapshotResource | undefined {
  const words = new Set(value.match(/[\w-]+/g))
  return [
    ...resourcesOf(snapshot, 'Microsoft.Storage/storageAccounts'),
    ...resourcesOf(snapshot, 'Microsoft.DocumentDB/databaseAccounts'),
  ].find(({ name }) => words.has(name))
}

function matchApp(snapshot: Snapshot, declared: DeclaredApp, resource: SnapshotResource): DeployedApp {
  const isContainer = resource.type === 'Microsoft.App/containerApps'
  const list = isContainer
    ? valueAt(resource.properties, 'template', 'containers', 0, 'env')
    : valueAt(resource.properties, 'siteConfig', 'appSettings')
  const settings = new Map(
    ((list ?? []) as { name: string; value?: unknown }[]).map(({ name, value }) => [
      name,
      String(value ?? ''),
    ]),
  )
  const identityIds = Object.keys(resource.identity?.userAssignedIdentities ?? {})
  const identity = resourcesOf(snapshot, 'Microsoft.ManagedIdentity/userAssignedIdentities').find(({ id }) =>
    identityIds.some((given) => given.toLowerCase().includes(id.toLowerCase())),
  )
  const hostAccount = connectionTarget(snapshot, settings, 'AzureWebJobsStorage')
  return { name: declared.name, declared, resource, isContainer, settings, identity, hostAccount }
}

function mostFrequent(accounts: readonly SnapshotResource[]): SnapshotResource | undefined {
  const counts = new Map<SnapshotResource, number>()
  for (const account of accounts) counts.set(account, (counts.get(account) ?? 0) + 1)
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0]
}
