import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { repoRoot } from '../repo-root.ts'
import { readAlertSections } from './alert-runbook.ts'

/** A setting that an app declares. */
export interface DeclaredSetting {
  readonly name: string
  readonly kind: 'value' | 'connection'
  /** What a connection leads to. */
  readonly account?: DeclaredAccount
  readonly isSecret: boolean
  readonly default?: string
}

/** The accounts that connections lead to. */
export type DeclaredAccount = 'media-storage' | 'cosmos' | 'cosmos-replica'

/** What an app says that it needs: `apps/<app>/manifest.json`. */
export interface DeclaredApp {
  readonly name: string
  readonly settings: readonly DeclaredSetting[]
  readonly queues: { readonly consumes: readonly string[]; readonly sends: readonly string[] }
  readonly blobContainers: {
    readonly reads: readonly string[]
    readonly writes: readonly string[]
    readonly signs: readonly string[]
  }
  readonly cosmosContainers: {
    readonly reads: readonly string[]
    readonly writes: readonly string[]
    readonly replicates: readonly string[]
  }
  readonly functions: readonly { readonly name: string; readonly trigger: string }[]
  readonly metrics?: readonly string[]
}

/** The parts of a host.json that the platform must agree with. */
export interface HostFile {
  readonly functionTimeout?: string
  readonly extensions?: {
    readonly http?: { readonly routePrefix?: string }
    readonly queues?: Readonly<Record<string, unknown>>
    readonly durableTask?: { readonly hubName?: string }
  }
}

/** An indexing policy, in the words of the service. */
export interface IndexingPolicy {
  readonly indexingMode: string
  readonly automatic: boolean
  readonly includedPaths: readonly { readonly path: string }[]
  readonly excludedPaths: readonly { readonly path: string }[]
  readonly compositeIndexes: readonly (readonly { readonly path: string; readonly order: string }[])[]
}

/** What the product needs beside its apps: `apps/resources.json`. */
export interface DeclaredResources {
  readonly cosmosDatabase: string
  readonly cosmosContainers: readonly {
    readonly name: string
    readonly partitionKeyPaths: readonly string[]
    readonly defaultTtlSeconds: number
    readonly isReplicated: boolean
    readonly indexingPolicy: IndexingPolicy
  }[]
  readonly blobContainers: readonly string[]
  readonly queues: readonly string[]
  readonly storageEvents: readonly {
    readonly name: string
    readonly eventType: string
    readonly container: string
    readonly queue: string
    readonly apis: readonly string[]
  }[]
  readonly metrics?: readonly { readonly name: string; readonly kind: string }[]
}

/** What an app was seen to do: `apps/observed-operations.json`. */
export interface ObservedOperation {
  readonly account: DeclaredAccount | 'host-storage'
  /** `blob:uploads`, `queue:job-starts`, `table:history`, `container:library`, `database:zoetrope`, `account`. */
  readonly resource: string
  readonly operation: string
}

/** Everything that the apps say and were seen to do: what the checks expect comes from here, and never from infra/. */
export interface Declarations {
  readonly apps: readonly DeclaredApp[]
  readonly resources: DeclaredResources
  readonly hosts: ReadonlyMap<string, HostFile>
  readonly observed: Readonly<Record<string, readonly ObservedOperation[]>>
  /** Sections of the runbook of alerts: what somebody is to be told of. */
  readonly alertSections: readonly string[]
}

/** Reads the committed files that `npm run generate` makes, and each app's host.json. */
export function readDeclarations(): Declarations {
  const apps = readJson<DeclaredApp[]>('apps/manifests.json')
  return {
    apps,
    resources: readJson<DeclaredResources>('apps/resources.json'),
    hosts: new Map(apps.map(({ name }) => [name, readJson<HostFile>(`apps/${name}/host.json`)])),
    observed: existsSync(join(repoRoot, 'apps/observed-operations.json'))
      ? readJson<Declarations['observed']>('apps/observed-operations.json')
      : {},
    alertSections: readAlertSections(),
  }
}

/** Whether an app has orchestrations: it needs a durable back end. */
export function isDurable(app: DeclaredApp): boolean {
  return app.functions.some(({ trigger }) => trigger === 'orchestration')
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(join(repoRoot, path), 'utf8')) as T
}
